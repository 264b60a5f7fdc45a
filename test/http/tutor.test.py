#!/usr/bin/python3
"""Turns of the tutor: asked, streamed, one at a time, cancelled, rated, limited, explained."""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "lib"))
from story import Server, Tap, exercise_named, key  # noqa: E402

tap = Tap()
server = Server().start()
student = server.login("estudiante@demo.example")
other = server.login("estudiante2@demo.example")
teacher = server.login("docente@demo.example")
card = exercise_named(student, "marea-mas-alta")
session = student.post("/sessions", {"exercise_id": card["id"]}, idem=key()).json
SESSION = "/sessions/" + session["id"]
WRONG = """def marea_mas_alta(alturas):
    mejor = 0
    for i in range(len(alturas)):
        if alturas[i] >= mejor:
            mejor = alturas[i]
            donde = i
    return mejor, donde
"""


def save(text):
    rev = student.get(SESSION + "/workspace").json["rev"]
    return student.put(SESSION + "/workspace", {"files": [{"path": "main.py", "text": text}]}, if_match=rev)


def run_tests():
    started = student.post(f"/exercises/{card['id']}/runs", {"session_id": session["id"], "kind": "visible_tests"},
                           idem=key())
    student.follow(started.json["events"])
    return student.get("/runs/" + started.json["id"]).json


def ask(text, kind="question", **more):
    return student.post(SESSION + "/turns", dict(kind=kind, text=text, **more), idem=key())


def whole(turn):
    events = student.follow(turn["events"])
    return events, student.get("/turns/" + turn["id"]).json


first = ask("¿por dónde empiezo?")
tap.same(first.status, 202, "a question is taken")
events, turn = whole(first.json)
tap.same(turn["state"], "done", "and answered")
tap.same(turn["rung"], 0, "before any run at rung 0")
tap.check(turn["reply"].count("?") == 1, "with one question", turn["reply"])
tap.check(turn["reply_prose"], "as prose too")

save(WRONG)
run_tests()
asked_at, text_at = time.monotonic(), float("inf")
second = ask("una pista", kind="hint")
names = []
with student.stream(second.json["events"]) as live:
    for event in live:
        if event.name == "text":
            text_at = min(text_at, time.monotonic())
        names.append(event.name)
        if event.name == "done":
            break
tap.check(text_at - asked_at < 10, "the first text comes within seconds", f"{text_at - asked_at:.2f} s")
turn = student.get("/turns/" + second.json["id"]).json
tap.check(names[0] == "stage" and "text" in names and names[-1] == "done", "stage, text, done", names)
tap.check(turn["state"] == "done" and turn["rung"] <= 1, "a first hint stays low", turn)
tap.check("[70, 140, 140]" in turn["reply"], "it shows the failing visible case", turn["reply"])
again = whole(ask("otra", kind="hint").json)[1]
tap.same(again["reason"], "no_attempt", "asking again without a change gains nothing")
tap.check(again["reply"] != turn["reply"], "but the words are others", again["reply"])
save(WRONG.replace("mejor = 0", "mejor = 1"))
run_tests()
soon = whole(ask("¿y ahora?").json)[1]
tap.check(soon["rung"] <= turn["rung"], "before the wait is over no rung is gained", soon)

why = student.get(f"/turns/{turn['id']}/why").json
tap.check(why["reason"] == turn["reason"] and any(f["kind"] == "witness" for f in why["facts"]),
          "why names the facts", why)
tap.same(student.post(f"/turns/{turn['id']}/feedback", {"useful": "yes", "note": "sirvió"}).status, 204, "a reply is rated")
tap.same(student.get("/turns/" + turn["id"]).json["useful"], "yes", "and the rating stays")
tap.same(student.post(f"/turns/{turn['id']}/cancel").status, 409, "what has ended cannot be cancelled")

turns = student.get(SESSION + "/turns").json["items"]
tap.same([t["seq"] for t in turns], [1, 2, 3, 4], "the dialogue in order")
tap.same(other.get(SESSION + "/turns").status, 404, "another student does not see it")
tap.same(other.get("/turns/" + turn["id"]).status, 404, "nor one turn")
tap.same(teacher.get("/turns/" + turn["id"]).status, 200, "the teacher reads it")
tap.same(teacher.post(SESSION + "/turns", {"kind": "question", "text": "x"}, idem=key()).status, 403,
         "and does not write into it")

save("def marea_mas_alta(alturas):\n    while True:\n        pass\n")
slow = ask("no termina").json
busy = ask("¿hola?")
tap.same((busy.status, busy.code), (409, "turn.busy"), "one turn at a time")
tap.same(student.post(f"/turns/{slow['id']}/cancel").status, 204, "an open turn is cancelled")
tap.same(student.get("/turns/" + slow["id"]).json["state"], "cancelled", "and stays so")
tap.check(ask("¿y ahora?").status == 202, "then the next one is taken")

types = [e["type"] for e in student.get(SESSION + "/trace?limit=1000").json["items"]]
for name in ("prompt_sent", "reply_sent", "hint_requested", "hint_given", "reply_rated", "reply_interrupted"):
    tap.check(name in types, f"the trace has {name}")
tap.same(student.get(SESSION + "/trace/verification").json["result"], "ok", "and it verifies")
tap.same(server.stop(), 0, "the server ends cleanly")
tap.done()
