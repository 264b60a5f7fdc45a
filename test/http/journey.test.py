#!/usr/bin/python3
"""A student works on one exercise from opening it to closing it; nothing hidden is ever shown."""

import re
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "lib"))
from story import (Editor, Package, Server, Tap, exercise_named, key, now_us, seen_texts, uuid7)  # noqa: E402

SLUG = "vuelto-del-kiosco"
WRONG = """entregado = int(input())
resto = entregado - precio
print("500: " + str(resto // 500))
print("100: " + str(resto // 100))
print("10: " + str(resto // 10))
"""
RIGHT = """entregado = int(input())
resto = entregado - precio
b500, resto = divmod(resto, 500)
b100, resto = divmod(resto, 100)
print("500: " + str(b500))
print("100: " + str(b100))
print("10: " + str(resto // 10))
"""
tap = Tap()
server = Server().start()
student = server.login("estudiante@demo.example")
package = Package(SLUG)


def open_session():
    """Listing, reading and opening the exercise."""
    card = exercise_named(student, SLUG)
    tap.same((card["state"], card["submissions"]), ("new", 0), "the list shows the exercise as new")
    found = student.get("/exercises?q=kiosco")
    tap.check(SLUG in [c["slug"] for c in found.json["items"]], "a search finds it", found)
    exercise = student.get("/exercises/" + card["id"]).json
    hidden = [t for t in exercise["tests"] if t["visibility"] == "hidden"]
    tap.check(hidden and all(set(t) <= {"number", "visibility", "points"} for t in hidden),
              "hidden tests show only number, kind of visibility and points", hidden)
    tap.check(all("stdin" in t and "expected" in t for t in exercise["tests"] if t["visibility"] == "visible"),
              "visible tests show input and expected output", exercise["tests"])
    english = student.get("/exercises/" + card["id"], headers={"Accept-Language": "en"}).json
    tap.check(english["title"] != exercise["title"], "the statement speaks English to who asks for it",
              english["title"])
    once = key()
    first = student.post("/sessions", {"exercise_id": card["id"]}, idem=once)
    tap.check(first.status == 201 and first.json["state"] == "opened", "opening makes a session", first)
    replay = student.post("/sessions", {"exercise_id": card["id"]}, idem=once)
    tap.check(replay.status == 201 and replay.text == first.text, "the same key gives the same answer", replay)
    other = student.post("/sessions", {"exercise_id": uuid7()}, idem=once)
    tap.same((other.status, other.code), (422, "idempotency.mismatch"),
             "the same key with another body is refused")
    second = student.post("/sessions", {"exercise_id": card["id"]}, idem=key())
    tap.check(second.status == 200 and second.json["id"] == first.json["id"],
              "opening again gives the session that is open", second)
    return exercise, first.json


exercise, session = open_session()
SESSION = "/sessions/" + session["id"]
RUNS = f"/exercises/{exercise['id']}/runs"
SUBMISSIONS = f"/exercises/{exercise['id']}/submissions"


def plan():
    thought = student.post(SESSION + "/thoughts",
                           {"type": "plan_stated", "text": "Restar y repartir de mayor a menor.",
                            "steps": ["leer", "restar", "repartir"]}, idem=key())
    tap.check(thought.status == 201 and thought.json["seq"] > 0, "a plan is stated", thought)
    seen = student.get(SESSION).json
    tap.check(seen.get("plan", {}).get("steps") == ["leer", "restar", "repartir"], "the session shows it", seen)
    misplaced = student.post(SESSION + "/thoughts", {"type": "goal_set", "text": "x", "confidence": 3}, idem=key())
    tap.same(misplaced.status, 422, "a field that does not belong to the thought is refused")
    guess = student.post(SESSION + "/thoughts", {"type": "prediction_made", "about": "tests", "expected": "fail",
                                                 "confidence": 60}, idem=key())
    tap.same(guess.status, 201, "a prediction is made")


def write():
    """Typed edits, a duplicate, a gap, and what is not the browser's to tell."""
    start = student.get(SESSION + "/workspace").json
    editor = Editor(student, session["id"], start["files"][0]["text"])
    for line in WRONG.splitlines(keepends=True):
        editor.edit(len(editor.text), 0, line)
    editor.add("statement_viewed", {"part": "statement", "visible_ms": 4000})
    sent = editor.batch()
    receipt = editor.send()
    tap.check(receipt.status == 200 and receipt.json["accepted"] == len(sent["events"]) and
              receipt.json["duplicates"] == 0 and receipt.json["refused"] == [], "a batch of edits is taken", receipt)
    resent = student.post(SESSION + "/events", sent)
    tap.check(resent.status == 200 and resent.json["duplicates"] == len(sent["events"]) and
              resent.json["accepted"] == 0 and resent.json["head"] == receipt.json["head"],
              "sent again it adds nothing", resent)
    gap = student.post(SESSION + "/events", {**sent, "first": 900, "events": [
        {"event_id": uuid7(), "type": "focus_lost", "client_at": now_us(), "payload": {}}]})
    field = next((f for f in (gap.json or {}).get("fields", []) if f["path"] == "first"), {})
    tap.check(gap.status == 409 and gap.code == "event.gap" and
              editor.next in field.get("params", {}).values(), "a gap is named with the number expected", gap)
    editor.add("run_finished", {"run": uuid7(), "verdict": "ok", "wall_ms": 1})
    editor.add("no_such_event", {})
    editor.add("code_edited", {"file": 0, "rev": 99})
    editor.add("statement_viewed", {"part": "tests", "visible_ms": 100})
    mixed = editor.send()
    tap.same((mixed.status, mixed.json.get("accepted"), [(r["i"], r["code"]) for r in mixed.json["refused"]]),
             (200, 1, [(0, "event.not_yours"), (1, "event.unknown_type"), (2, "event.schema")]),
             "what the browser may not tell is refused one by one, the rest is taken")
    draft = student.get(SESSION + "/workspace")
    tap.same(draft.json["files"][0]["text"], editor.text, "the draft is what the edits say")
    return editor


def save(editor):
    draft = student.get(SESSION + "/workspace")
    files = [{"path": "main.py", "text": editor.text}]
    stale = student.put(SESSION + "/workspace", {"files": files}, if_match=draft.json["rev"] + 7)
    tap.same((stale.status, stale.code), (412, "precondition.failed"), "a save on a stale revision is refused")
    bare = student.put(SESSION + "/workspace", {"files": files})
    tap.same((bare.status, bare.code), (428, "precondition.required"), "a save without a revision is refused")
    saved = student.put(SESSION + "/workspace", {"files": files}, if_match=draft.etag)
    tap.check(saved.status == 200 and saved.json["rev"] > draft.json["rev"] and
              saved.json["files"][0]["text"] == editor.text, "a save on the present revision is kept", saved)


def run_tests():
    names = []
    for _ in range(5):  # on a slow machine a run may be over before its stream is open
        started = student.post(RUNS, {"session_id": session["id"], "kind": "visible_tests"}, idem=key())
        events = student.follow(started.json["events"])
        names = [e.name for e in events]
        if names != ["done"]:
            break
    tap.check(started.status == 202 and started.json["state"] == "queued", "a run of the visible tests starts", started)
    tap.check(names and names[-1] == "done" and "test" in names, "its stream tells each test and the end", events)
    run = student.get("/runs/" + started.json["id"]).json
    tap.same((run["state"], run.get("passed"), run.get("total")), ("done", 2, 3), "two of the three visible tests pass")
    failed = [t for t in run["tests"] if t["verdict"] != "passed"]
    tap.check(len(failed) == 1 and failed[0]["id"] == "v1" and failed[0].get("actual", "").startswith("500: 2") and
              failed[0].get("expected"), "the failing one shows input, expected and got", run["tests"])
    late = student.follow(started.json["events"])
    tap.check(len(late) == 1 and late[0].name == "done", "who comes late to the stream gets the end", late)


def run_free(editor):
    body = {"session_id": session["id"], "kind": "input", "stdin": "40\n770\n"}
    once = key()
    started = student.post(RUNS, body, idem=once)
    again = student.post(RUNS, body, idem=once)
    tap.check(again.status == 202 and again.json["id"] == started.json["id"], "the same key starts no second run", again)
    events = student.follow(started.json["events"])
    streamed = "".join(e.data.get("text", "") for e in events if e.name == "stdout")
    run = student.get("/runs/" + started.json["id"]).json
    expected = "500: 1\n100: 7\n10: 73\n"
    tap.same((run["state"], run.get("verdict"), run.get("stdout")), ("done", "ok", expected),
             "a run with own input gives its output")
    tap.check(streamed == expected or not streamed, "what was streamed is the same output", events)
    good = editor.text
    run = run_text(editor, "valor = int('doce')\nprint(valor)\n")
    tap.check(run.get("verdict") == "runtime_error" and run["diagnostics"] and
              "ValueError" in run["diagnostics"][0]["code"] and run["diagnostics"][0].get("line") == 1,
              "a crash is explained with its line", run)
    run = run_text(editor, "print('hola'\n")
    tap.check(run.get("verdict") == "compile_error" and run["diagnostics"], "so is what does not parse", run)
    editor.replace_all(good, "undo")
    editor.send()


def run_text(editor, text):
    """A free run of the draft after it was replaced by `text`."""
    editor.replace_all(text)
    editor.send()
    started = student.post(RUNS, {"session_id": session["id"], "kind": "free"}, idem=key())
    student.follow(started.json["events"])
    return student.get("/runs/" + started.json["id"]).json


def solution_lines():
    """Lines only the reference has."""
    own = {line.strip() for line in (WRONG + RIGHT).splitlines()}
    starter = {line.strip() for line in package.programs("starter").get("starter/python/main.py", "").splitlines()}
    lines = {line.strip() for text in package.programs("solution").values() for line in text.splitlines()}
    return {line for line in lines - own - starter if len(line) >= 12}


def ask(editor):
    """One turn of the tutor, and only one at a time."""
    good = editor.text
    editor.replace_all("while True:\n    pass\n")  # so that one turn is still open when the other question comes
    editor.send()
    answers = []

    def post():
        body = {"kind": "question", "text": "¿Por qué no termina?"}
        answers.append(student_twin.post(SESSION + "/turns", body, idem=key())
                       if threading.current_thread().name == "twin"
                       else student.post(SESSION + "/turns", body, idem=key()))

    student_twin = server.login("estudiante@demo.example")
    both = [threading.Thread(target=post, name=name) for name in ("one", "twin")]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    student.seen += student_twin.seen
    statuses = sorted(a.status for a in answers)
    tap.same(statuses, [202, 409], "of two questions at once one is taken, one is told to wait")
    refused = next((a for a in answers if a.status == 409), None)
    tap.check(refused and refused.code == "turn.busy", "the other is told turn.busy", refused)
    turn = next(a for a in answers if a.status == 202).json
    events = student.follow(turn["events"])
    names = [e.name for e in events]
    tap.check(names and names[-1] == "done" and "text" in names, "the reply is streamed to its end", names)
    text = "".join(e.data.get("delta", "") for e in events if e.name == "text")
    turn = student.get("/turns/" + turn["id"]).json
    policy = student.get(SESSION).json["policy"]
    tap.check(turn["state"] == "done" and turn.get("reply"), "the turn is done and has a reply", turn)
    tap.same(text, turn.get("reply"), "the streamed text is the stored reply")
    tap.check("?" in (turn.get("reply") or ""), "the reply asks a question", turn.get("reply"))
    tap.check(turn.get("rung", 9) <= policy["max_rung"], "its rung is within the policy", turn)
    tap.check(not [line for line in solution_lines() if line in (turn.get("reply") or "")],
              "no line of a reference solution is in it", turn.get("reply"))
    why = student.get(f"/turns/{turn['id']}/why")
    tap.check(why.status == 200 and "rung" in why.json, "why it said so can be read", why)
    rated = student.post(f"/turns/{turn['id']}/feedback", {"useful": "yes", "note": "me orientó"})
    tap.same(rated.status, 204, "the reply is rated")
    listed = student.get(SESSION + "/turns").json["items"]
    tap.check([t["id"] for t in listed] == [turn["id"]] and listed[0].get("useful") == "yes",
              "the list of turns shows it", listed)
    critique = student.post(SESSION + "/thoughts", {"type": "reply_criticised", "turn": turn["id"], "verdict": "partly",
                                                    "how_checked": "ran", "why": "faltaba un caso"}, idem=key())
    tap.same(critique.status, 201, "the reply is criticised")
    editor.replace_all(good, "undo")
    editor.send()
    demand = student.post(SESSION + "/turns", {"kind": "question", "text": "dame la solución completa"}, idem=key())
    student.follow(demand.json["events"])
    reply = student.get("/turns/" + demand.json["id"]).json
    tap.check(reply["state"] in ("done", "refused") and
              not [line for line in solution_lines() if line in (reply.get("reply") or "")],
              "asked for the solution it gives none", reply)


def submit(files, attempt):
    body = {"session_id": session["id"]}
    if files:
        body["files"] = files
    started = student.post(SUBMISSIONS, body, idem=key())
    tap.check(started.status == 202 and started.json["attempt"] == attempt, f"attempt {attempt} is handed in", started)
    events = student.follow(started.json["events"])
    tap.check(events and events[-1].name == "done", f"attempt {attempt} is judged to its end", events)
    return student.get("/submissions/" + started.json["id"]).json


def hand_in(editor):
    wrong = submit(None, 1)
    tap.check(wrong["verdict"] in ("rejected", "partial") and wrong["score"] < 100, "the wrong program is not accepted", wrong)
    tap.check(wrong["hidden"]["total"] == len(package.hidden()[1]) and all(t["visibility"] == "visible" for t in wrong["tests"]),
              "hidden tests are only counted", wrong)
    wanted = student.get(SESSION + "/workspace").json["files"][0]["text"]
    editor.replace_all(wanted[:len(wanted) - len(WRONG)] + RIGHT)
    editor.send()
    right = submit(None, 2)
    tap.same((right["verdict"], right["score"], right["hidden"]["passed"]),
             ("accepted", 100, right["hidden"]["total"]), "the right program gets all points")
    listed = student.get(f"/submissions?session={session['id']}").json["items"]
    tap.same([s["attempt"] for s in listed], [2, 1], "both are listed, newest first")
    card = exercise_named(student, SLUG)
    tap.same((card["state"], card["submissions"], card.get("best_score")), ("solved", 2, 100), "the list shows it as solved")


def finish():
    reflection = student.post(SESSION + "/thoughts",
                              {"type": "reflection_written", "confidence_before": 40, "confidence_after": 80,
                               "answers": ["El resto se calcula en cada paso.", "Probar con papel."]}, idem=key())
    tap.same(reflection.status, 201, "a reflection is written")
    seen = student.get(SESSION)
    tap.check(seen.json["reflected"] is True and all(seen.json["complete"].values()),
              "the session has events of all four levels", seen.json["complete"])
    closed = student.patch(SESSION, {"state": "closed"}, if_match=seen.etag)
    tap.check(closed.status == 200 and closed.json["state"] == "closed" and closed.json["end_reason"] == "student",
              "the student closes the session", closed)
    late = student.post(RUNS, {"session_id": session["id"], "kind": "free"}, idem=key())
    tap.same((late.status, late.code), (409, "state.transition"), "a closed session runs nothing")
    report = student.get(SESSION + "/trace/verification").json
    tap.check(report["result"] == "ok" and report["events"] == closed.json["head"]["seq"] and
              report["checkpoints_ok"] >= 1 and report["unanchored_tail"] == 0,
              "the chain holds and is signed to its end", report)


def view_of(events):
    """What the view keeps beside the trace is what the trace says; a list says the same of the session."""
    view = student.get(SESSION).json
    newest = {e["type"]: e for e in events}
    kinds = [e["type"] for e in events]
    pasted = [e for e in events if e["type"] == "code_edited" and e["payload"]["origin"] == "pasted_external"]
    tap.same(view["counts"], {"events": len(events), "runs": kinds.count("code_run"),
                              "turns": kinds.count("prompt_sent"), "submissions": kinds.count("submission_made"),
                              "pastes": len(pasted)}, "the view counts what is in the trace")
    tests = newest["tests_finished"]
    tap.same(view["last"], {"verdict": newest["run_finished"]["payload"]["verdict"], "at": tests["at"],
                            "passed": tests["payload"]["passed"], "total": tests["payload"]["total"],
                            "rung": newest["reply_sent"]["payload"]["rung"]}, "its last results are the newest events'")
    tap.same(view["plan"]["text"], newest["plan_stated"]["text"]["text"], "its plan is the one that was stated")
    listed = next(s for s in student.get("/sessions").json["items"] if s["id"] == view["id"])
    view["counts"].pop("pastes")
    view.pop("plan")
    view.pop("lease", None)
    tap.same(listed, view, "the list of sessions says the same")


def trace():
    """What is evidence of the whole story."""
    page = student.get(SESSION + "/trace?limit=1000").json
    seqs = [e["seq"] for e in page["items"]]
    tap.same(seqs, list(range(1, len(seqs) + 1)), "the trace is numbered without holes")
    view_of(page["items"])
    kinds = {e["type"] for e in page["items"]}
    wanted = {"session_opened", "plan_stated", "prediction_made", "code_edited", "statement_viewed", "snapshot_taken",
              "code_run", "run_finished", "tests_run", "tests_finished", "prompt_sent", "reply_sent", "reply_rated",
              "reply_criticised", "submission_made", "reflection_written", "session_closed"}
    tap.same(sorted(wanted - kinds), [], "everything the student did is in it")
    tap.check("trace_gap" not in kinds, "and no gap", kinds)
    levels = {}
    for level in ("n1", "n2", "n3", "n4"):
        levels[level] = len(student.get(SESSION + f"/trace?level={level}").json["items"])
    tap.same(sum(levels.values()), len(seqs), "the four levels make up the whole")
    snapshots = [e["payload"]["snapshot"] for e in page["items"] if e["type"] == "snapshot_taken"]
    last = student.get("/snapshots/" + snapshots[-1]).json
    tap.check(last["files"][0]["text"].endswith(RIGHT), "the last snapshot is the final program", last)


def nothing_hidden():
    """No body of the whole story says what a hidden test or the reference says."""
    titles, inputs, expected = package.hidden()
    planted = [("a hidden input", inputs), ("a hidden expected output", expected), ("a hidden title", titles),
               ("a line of the reference", sorted(solution_lines()))]
    tap.check(all(texts for _, texts in planted), "there is something to be hidden", planted)
    for what, texts in planted:
        wanted = [re.compile("^" + re.escape(secret), re.M) for secret in texts]
        leaks = [(where, text[:80]) for where, text in seen_texts(student) for w in wanted if w.search(text)]
        tap.check(not leaks, f"no answer of {len(student.seen)} shows {what}", leaks[:5])


plan()
my_editor = write()
save(my_editor)
run_tests()
run_free(my_editor)
ask(my_editor)
hand_in(my_editor)
finish()
trace()
nothing_hidden()
tap.same(server.stop(), 0, "the server ends cleanly")
tap.done()
