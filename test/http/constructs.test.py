#!/usr/bin/python3
"""A program that passes the tests with what the exercise forbids is not accepted, and the student is told where."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "lib"))
from story import Server, Tap, exercise_named, key  # noqa: E402

SLUG = "marea-mas-alta"
WITH_MAX = """def marea_mas_alta(alturas):
    # the highest one
    tope = max(alturas)
    return (tope, alturas.index(tope))
"""
OWN_MAX = """def max(valores):
    mayor = valores[0]
    for valor in valores:
        if valor > mayor:
            mayor = valor
    return mayor


def marea_mas_alta(alturas):
    tope = max(alturas)
    return (tope, alturas.index(tope))
"""
tap = Tap()
server = Server().start()
student = server.login("estudiante@demo.example")
exercise = student.get("/exercises/" + exercise_named(student, SLUG)["id"]).json
session = student.post("/sessions", {"exercise_id": exercise["id"]}, idem=key()).json


def files(text):
    return [{"path": "main.py", "text": text}]


def submit(text):
    started = student.post(f"/exercises/{exercise['id']}/submissions",
                           {"session_id": session["id"], "files": files(text)}, idem=key())
    tap.check(started.status == 202, "the program is handed in", started)
    student.follow(started.json["events"])
    return student.get("/submissions/" + started.json["id"], headers={"Accept-Language": "en"}).json


def forbidden():
    seen = submit(WITH_MAX)
    tap.same((seen["verdict"], seen["score"]), ("construct_violation", 0), "max is forbidden here: no points")
    tap.check(seen["passed"] == seen["total"] > 3 and all(t["verdict"] == "passed" for t in seen["tests"]),
              "the tests ran and are shown as information", seen)
    found = [d for d in seen["diagnostics"] if d["code"] == "construct.sin-max"]
    tap.check(len(found) == 1, "one diagnostic names the rule", seen["diagnostics"])
    tap.same([found[0].get(k) for k in ("phase", "severity", "file", "line", "column", "end_column")],
             ["construct", "error", "main.py", 3, 12, 15], "it points at the name, not at the comment before it")
    tap.check("max" in found[0]["message"], "the author's message is shown", found)
    return seen


def own():
    seen = submit(OWN_MAX)
    tap.same((seen["verdict"], seen["score"]), ("accepted", 100), "a function of one's own named max is fine")
    tap.same(seen.get("diagnostics", []), [], "and nothing is said about it")


def run():
    started = student.post(f"/exercises/{exercise['id']}/runs",
                           {"session_id": session["id"], "kind": "visible_tests", "files": files(WITH_MAX)}, idem=key())
    tap.check(started.status == 202, "a run of the visible tests starts", started)
    student.follow(started.json["events"])
    seen = student.get("/runs/" + started.json["id"]).json
    tap.check(seen["passed"] == seen["total"] and [d["line"] for d in seen["diagnostics"]] == [3],
              "a run tells it too, before anything is handed in", seen)


forbidden()
own()
run()
tap.done()
