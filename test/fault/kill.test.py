#!/usr/bin/python3
"""Power cuts: the server is killed in the middle of mixed writes, again and again. What it had
answered for is there afterwards, once; what it had begun comes to its end; every chain holds.

AINATIVE_KILLS: how often (3; 20 with `./dev test fault --full`).
"""

import http.client
import os
import random
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "http/lib"))
from story import ENGINE, Editor, Person, Server, Tap, exercise_named, key, wait_until  # noqa: E402

KILLS = int(os.environ.get("AINATIVE_KILLS") or (20 if os.environ.get("AINATIVE_TEST_FULL") else 3))
WRITES = 200
SLUGS = ["vuelto-del-kiosco", "gotas-en-el-balde", "reloj-de-la-terminal", "pared-a-pintar"]
EMAILS = ["estudiante@demo.example", "estudiante2@demo.example"]
WRITERS = len(SLUGS) * len(EMAILS)
LOST = (http.client.HTTPException, OSError)
rng = random.Random(20)
tap = Tap()
server = Server(**{"jobs.lease_s": "5"}).start()


class Writer(threading.Thread):
    """One tab of one student on one exercise; notes what was acknowledged."""

    def __init__(self, cookie, session, exercise, count):
        super().__init__(daemon=True)
        self.person = Person(server)
        self.person.cookie = cookie
        self.session, self.exercise, self.count = session, exercise, count
        self.events, self.thoughts = [], []
        self.work = {"runs": [], "submissions": [], "turns": []}
        self.strange = []
        self.acked = 0

    def run(self):
        try:
            draft = self.person.get(f"/sessions/{self.session}/workspace").json
            self.editor = Editor(self.person, self.session, draft["files"][0]["text"])
            # the revision of edits goes on where the trace left it
            edits = self.person.get(f"/sessions/{self.session}/trace?type=code_edited").json["items"]
            self.editor.rev = edits[-1]["payload"]["rev"] if edits else 0
            for n in range(self.count):
                self.write(n)
        except LOST:
            pass  # the kill; what was not answered is not counted

    def note(self, answer, into, what):
        if answer.status in (200, 201, 202):
            into.append(what(answer.json) if callable(what) else what)
            self.acked += 1
        elif answer.status not in (409, 412, 429, 503):
            self.strange.append(answer)

    def write(self, n):
        kind = n % 8
        if kind == 3:
            body = {"session_id": self.session, "kind": "visible_tests" if n % 16 == 3 else "free"}
            self.note(self.person.post(f"/exercises/{self.exercise}/runs", body, idem=key()),
                      self.work["runs"], lambda j: j["id"])
        elif kind == 5:
            self.note(self.person.post(f"/exercises/{self.exercise}/submissions", {"session_id": self.session}, idem=key()),
                      self.work["submissions"], lambda j: j["id"])
        elif kind == 6:
            self.note(self.person.post(f"/sessions/{self.session}/turns", {"kind": "question", "text": "¿Qué miro?"},
                                       idem=key()), self.work["turns"], lambda j: j["id"])
        elif kind == 7:
            rev = self.person.get(f"/sessions/{self.session}/workspace").json["rev"]
            files = [{"path": "main.py", "text": self.editor.text}]
            self.note(self.person.put(f"/sessions/{self.session}/workspace", {"files": files}, if_match=rev), [], "")
        elif kind == 4:
            self.note(self.person.post(f"/sessions/{self.session}/thoughts", {"type": "goal_set", "text": f"meta {n}"},
                                       idem=key()), self.thoughts, lambda j: j["event_id"])
        else:
            for _ in range(3):
                self.editor.edit(len(self.editor.text), 0, f"# {n}\n")
            ids = [e["event_id"] for e in self.editor.waiting]
            answer = self.editor.send()
            self.note(answer, [], "")
            if answer.status == 200:
                self.events += ids


def sessions():
    """[(email's cookie, session, exercise)] of every writer; resumed after each kill."""
    found = []
    for email in EMAILS:
        person = server.login(email)
        for slug in SLUGS:
            card = exercise_named(person, slug)
            opened = person.post("/sessions", {"exercise_id": card["id"]}, idem=key()).json
            found.append((person.cookie, opened["id"], card["id"]))
    return found


def whole_trace(person, session):
    items, start = [], 1
    while start:
        page = person.get(f"/sessions/{session}/trace?from_seq={start}").json
        items += page["items"]
        start = page.get("next")
    return items


ENDED = {"done", "failed", "cancelled", "refused"}


def ended(person, kind, one):
    """The state of a piece of work once it has ended, else None."""
    answer = person.get(f"/{kind}/{one}")
    return answer.json["state"] if answer.status == 200 and answer.json["state"] in ENDED else None


def count(items, kind, field, one):
    return sum(e["type"] == kind and e["payload"].get(field) == one for e in items)


def endings(writer, items):
    """What is wrong with the ends of acknowledged work: lost, unfinished or done twice."""
    wrong = []
    for kind, event, field in (("runs", "run_finished", "run"), ("submissions", "tests_finished", "submission"),
                               ("turns", "reply_sent", "turn")):
        for one in writer.work[kind]:
            state = ended(writer.person, kind, one)
            times = count(items, event, field, one)
            if state is None or times > 1 or (state == "done" and times != 1):
                wrong.append((kind, one, state, times))
    return wrong


def settled(writers):
    """Waits until all acknowledged work has ended."""
    open_work = [(w.person, kind, one) for w in writers for kind, ones in w.work.items() for one in ones]

    def over():
        open_work[:] = [row for row in open_work if ended(*row) is None]
        return not open_work

    wait_until(over, 120, 0.3)
    return [(kind, one) for _, kind, one in open_work]


def one_round(number):
    writers = [Writer(*row, count=WRITES // WRITERS) for row in sessions()]
    for writer in writers:
        writer.start()
    kill_at = rng.randint(10, WRITES // 3)  # counted in writes: a slow machine is killed as late as a fast one
    wait_until(lambda: sum(w.acked for w in writers) >= kill_at or not any(w.is_alive() for w in writers), 120, 0.002)
    server.kill()
    for writer in writers:
        writer.join(70)
    server.start()
    for email, cookies in zip(EMAILS, (writers[:len(SLUGS)], writers[len(SLUGS):])):
        person = server.login(email)
        for writer in cookies:
            writer.person = person
    name = f"kill {number}"
    acked = sum(w.acked for w in writers)
    strange = [a for w in writers for a in w.strange]
    tap.check(acked >= kill_at and not strange, f"{name}: {acked} writes were acknowledged, none failed strangely", strange[:3])
    tap.same(settled(writers), [], f"{name}: all acknowledged work comes to its end")
    lost, wrong = [], []
    for writer in writers:
        items = whole_trace(writer.person, writer.session)
        there = [e["id"] for e in items]
        lost += [e for e in writer.events + writer.thoughts if there.count(e) != 1]
        wrong += endings(writer, items)
    tap.same(lost, [], f"{name}: every acknowledged event is in its trace, once")
    tap.same(wrong, [], f"{name}: every run, submission and turn ended once")
    verified = server.run("verify-trace", "--all")
    tap.check(verified.returncode == 0 and f"{WRITERS} sessions, 0 broken" in verified.stdout, f"{name}: every chain holds",
              verified)
    return acked


total = sum(one_round(number) for number in range(1, KILLS + 1))
tap.check(total >= KILLS * 10, f"{total} writes were acknowledged over {KILLS} kills on {ENGINE}")
tap.check(server.run("verify-audit").returncode == 0, "the audit chain holds")
tap.same(server.stop(), 0, "the server ends cleanly")
tap.done()
