#!/usr/bin/python3
"""A teacher watches a course; other students see nothing of one another."""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "lib"))
from story import Editor, Server, Tap, exercise_named, key  # noqa: E402

tap = Tap()
server = Server().start()
student = server.login("estudiante@demo.example")
other = server.login("estudiante2@demo.example")
teacher = server.login("docente@demo.example")
card = exercise_named(student, "vuelto-del-kiosco")
session = student.post("/sessions", {"exercise_id": card["id"]}, idem=key()).json
SESSION = "/sessions/" + session["id"]
course = teacher.get("/courses").json["items"][0]
tap.same((course["role"], course["students"]), ("teacher", 2), "the teacher has a course of two students")
tap.same(session.get("course_id"), course["id"], "the student's session belongs to it")

# work of the student
editor = Editor(student, session["id"], student.get(SESSION + "/workspace").json["files"][0]["text"])
editor.edit(len(editor.text), 0, "print('hola')\n")
editor.send()
run = student.post(f"/exercises/{card['id']}/runs", {"session_id": session["id"], "kind": "visible_tests"},
                   idem=key()).json
student.follow(run["events"])
submission = student.post(f"/exercises/{card['id']}/submissions", {"session_id": session["id"]}, idem=key()).json
student.follow(submission["events"])
turn = student.post(SESSION + "/turns", {"kind": "hint", "text": "¿Por dónde empiezo?"}, idem=key()).json
student.follow(turn["events"])
trace = student.get(SESSION + "/trace").json["items"]
snapshot = next(e["payload"]["snapshot"] for e in reversed(trace) if e["type"] == "snapshot_taken")

# the teacher reads
listed = teacher.get(f"/sessions?course={course['id']}")
tap.check(listed.status == 200 and session["id"] in [s["id"] for s in listed.json["items"]],
          "the teacher's list of the course has the session", listed)
seen = teacher.get(SESSION)
tap.check(seen.status == 200 and seen.json["user"]["name"] == student.user["name"], "the teacher opens it", seen)
pages = teacher.get(SESSION + "/trace?limit=3").json
tap.check(len(pages["items"]) == 3 and pages["next"] == 4, "the trace comes in pages", pages)
whole, start = [], 1
while start:
    page = teacher.get(f"{SESSION}/trace?limit=4&from_seq={start}").json
    whole += page["items"]
    start = page.get("next")
tap.same([e["id"] for e in whole], [e["id"] for e in teacher.get(SESSION + "/trace").json["items"]],
         "the pages together are the whole trace")
tap.same(teacher.get(SESSION + "/trace/verification").json["result"], "ok", "the teacher can verify it")
code = teacher.get("/snapshots/" + snapshot)
tap.check(code.status == 200 and "hola" in code.json["files"][0]["text"], "snapshots can be read", code)
for path in (SESSION + "/workspace", SESSION + "/turns", "/runs/" + run["id"], "/submissions/" + submission["id"],
             "/turns/" + turn["id"], "/turns/" + turn["id"] + "/why", "/students/" + student.user["id"]):
    tap.same(teacher.get(path).status, 200, f"the teacher reads {path.split('/')[1]}{path[path.rfind('/'):] if path.count('/') > 2 else ''}")
progress = teacher.get("/students/" + student.user["id"]).json
tap.check(progress["exercises"] and progress["exercises"][0]["session_id"] == session["id"],
          "progress leads to the session", progress)
tap.check(all("formula_version" in i and (i["state"] != "ok" or i["evidence"]) for i in progress["indicators"]),
          "every indicator names its formula and its evidence", progress["indicators"])
people = teacher.get(f"/courses/{course['id']}/enrolments")
tap.check(people.status == 200 and len(people.json["items"]) == 3, "the teacher sees who is in the course", people)

# but does not act in it
acts = [teacher.post(SESSION + "/thoughts", {"type": "goal_set", "text": "x"}, idem=key()),
        teacher.post(SESSION + "/turns", {"kind": "question", "text": "hola?"}, idem=key()),
        teacher.put(SESSION + "/workspace", {"files": [{"path": "main.py", "text": "x"}]}, if_match=1),
        teacher.patch(SESSION, {"state": "closed"}, if_match=seen.etag),
        teacher.delete("/runs/" + run["id"])]
tap.same([a.status for a in acts], [403] * len(acts), "the teacher cannot act in the student's place")

# another student
forbidden = {path: other.get(path).status for path in
             (SESSION, SESSION + "/workspace", SESSION + "/trace", SESSION + "/trace/verification", SESSION + "/turns",
              "/runs/" + run["id"], "/submissions/" + submission["id"], "/turns/" + turn["id"],
              "/turns/" + turn["id"] + "/why", "/snapshots/" + snapshot)}
tap.same({p: s for p, s in forbidden.items() if s != 404}, {}, "another student gets 404 for all of it")
streams = {path: other.stream(path).status for path in
           (SESSION + "/events", run["events"], submission["events"], turn["events"])}
tap.same({p: s for p, s in streams.items() if s != 404}, {}, "and for its streams")
writes = [other.post(SESSION + "/thoughts", {"type": "goal_set", "text": "x"}, idem=key()).status,
          other.post(SESSION + "/turns", {"kind": "question", "text": "x"}, idem=key()).status,
          other.post(f"/turns/{turn['id']}/feedback", {"useful": "no"}).status,
          other.post(SESSION + "/events", editor.batch() | {"events": [
              {"event_id": key(), "type": "focus_lost", "client_at": 1, "payload": {}}]}).status,
          other.patch(SESSION, {"state": "closed"}, if_match=1).status,
          other.post(f"/exercises/{card['id']}/runs", {"session_id": session["id"], "kind": "free"}, idem=key()).status]
tap.same(writes, [404] * len(writes), "and for every write")
tap.same(other.get(f"/submissions?session={session['id']}").status, 404, "and for the list of submissions")
tap.same(other.get("/students/" + student.user["id"]).status, 404, "and for the progress of the first")
refused = other.get(f"/courses/{course['id']}/enrolments").status
tap.check(refused in (403, 404), "a student does not see who is in the course", refused)
refused = other.stream(f"/courses/{course['id']}/events").status
tap.check(refused in (403, 404), "nor the live view of it", refused)
mine = other.get("/sessions").json["items"]
tap.same(mine, [], "the other student's own list is empty")
tried = other.get(f"/sessions?course={course['id']}&student={student.user['id']}")
tap.check(tried.status in (403, 404) or tried.json["items"] == [], "asking for the first one's sessions gives none", tried)

# live
with teacher.stream(f"/courses/{course['id']}/events", timeout=20) as live:
    tap.same(live.status, 200, "the live view opens")
    first = live.next_named("snapshot")
    rows = {row["user"]["id"]: row for row in (first.data["students"] if first else [])}
    tap.same(sorted(rows), sorted((student.user["id"], other.user["id"])), "it starts with a row for each student")
    row = rows.get(student.user["id"], {})
    tap.same((row.get("session_id"), rows.get(other.user["id"], {}).get("state")), (session["id"], "not_started"),
             "who works has a session, who does not is not started")
    tap.check(row.get("why", {}).get("code"), "each state says why", row)
    before = time.monotonic()
    editor.edit(0, 0, "# otra\n")
    editor.send()
    update, taken = None, 0.0
    for event in live:
        if event.name == "student" and event.data["user"]["id"] == student.user["id"]:
            update, taken = event.data, time.monotonic() - before
            if update["events"] > row["events"]:
                break
    tap.check(update and update["events"] > row["events"], "an event of the student arrives there", update)
    tap.check(taken < 10, "within seconds", f"{taken:.2f} s")

# more typing than the newest events the live view reads
for _ in range(4):
    for _ in range(80):
        editor.edit(0, 0, "#")
    tap.same(editor.send().status, 200, "a long stretch of typing is taken")
with teacher.stream(f"/courses/{course['id']}/events", timeout=20) as live:
    rows = {row["user"]["id"]: row for row in live.next_named("snapshot").data["students"]}
    tap.same((rows[student.user["id"]]["why"]["code"], rows[student.user["id"]].get("total")),
             (row["why"]["code"], row.get("total")), "the tests that ran before it are still told")
    tap.check(row.get("total"), "and there were some", row)
tap.same(server.stop(), 0, "the server ends cleanly")
tap.done()
