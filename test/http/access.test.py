#!/usr/bin/python3
"""Every route of the table against everybody: nobody finds a crash, nobody unsigned finds a way in."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "lib"))
from story import Person, Server, Tap, exercise_named, key, uuid7  # noqa: E402

tap = Tap()
server = Server().start()
student = server.login("estudiante@demo.example")
people = {"nobody": Person(server), "the student": student, "another student": server.login("estudiante2@demo.example"),
          "the teacher": server.login("docente@demo.example"), "the admin": server.login("admin@demo.example")}
card = exercise_named(student, "vuelto-del-kiosco")
session = student.post("/sessions", {"exercise_id": card["id"]}, idem=key()).json
run = student.post(f"/exercises/{card['id']}/runs", {"session_id": session["id"], "kind": "free"}, idem=key()).json
submission = student.post(f"/exercises/{card['id']}/submissions", {"session_id": session["id"]}, idem=key()).json
turn = student.post(f"/sessions/{session['id']}/turns", {"kind": "question", "text": "¿Qué hago?"}, idem=key()).json
for work in (run, submission, turn):
    student.follow(work["events"])
snapshot = student.get(f"/runs/{run['id']}").json["snapshot_id"]
REAL = {"exercises": card["id"], "sessions": session["id"], "runs": run["id"], "submissions": submission["id"],
        "turns": turn["id"], "snapshots": snapshot, "courses": session["course_id"], "students": student.user["id"]}
# what would end the story's own session or account stands last
LAST = ("/auth/logout", "/auth/password-reset", "/setup/claim")


def rows():
    """(method, path, who, flags) of `ainative routes`, without the operators' listener."""
    table = [line.split() for line in server.run("routes").stdout.splitlines()]
    table = [(row[0], row[1], row[2], row[4:]) for row in table if "ops" not in row[4:]]
    return sorted(table, key=lambda row: (row[1].endswith(LAST), row[0] == "DELETE"))


def path_of(template, ids):
    parts = template.split("/")
    for i, part in enumerate(parts):
        if part.startswith("{"):
            parts[i] = ids.get(parts[i - 1], uuid7())
    return "/".join(parts)


def knock(person, method, template, flags, ids):
    path = path_of(template, ids)
    if "stream" in flags:
        with person.stream(path) as stream:
            return stream.status
    body = None if method in ("GET", "DELETE") or not person.cookie else {"unknown": True}
    return person.call(method, path, body, idem=key() if "idem" in flags else None,
                       if_match=1 if "if-match" in flags else None).status


table = rows()
tap.check(len(table) >= 30, f"the program lists its routes ({len(table)})", table)
for name, person in people.items():
    bad, open_doors, known = [], [], []
    for method, template, who, flags in table:
        for ids in (REAL, {}):
            status = knock(person, method, template, flags, ids)
            where = f"{method} {template}{'' if ids else ' (no such)'}: {status}"
            if status >= 500:
                bad.append(where)
            if name == "nobody" and who != "P" and status != 401:
                open_doors.append(where)
            if not ids and "{" in template and name != "nobody" and status < 400:
                known.append(where)
    tap.same(bad, [], f"{name}: no route answers with a fault of the server")
    if name == "nobody":
        tap.same(open_doors, [], "nobody: every route but the public ones answers 401")
    else:
        tap.same(known, [], f"{name}: what does not exist is found nowhere")
tap.check(server.ready(), "after all this the server is ready")
tap.same(server.stop(), 0, "and ends cleanly")
tap.done()
