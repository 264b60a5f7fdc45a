#!/usr/bin/python3
"""What the server refuses before any handler runs, and in which words."""

import http.client
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "lib"))
from story import PASSWORD, Person, Server, Tap, exercise_named, key, uuid7  # noqa: E402

tap = Tap()
server = Server(**{"http.limits": "on"}).start()
student = server.login("estudiante@demo.example")
card = exercise_named(student, "vuelto-del-kiosco")
session = student.post("/sessions", {"exercise_id": card["id"]}, idem=key()).json
SESSION = "/sessions/" + session["id"]


def refused(answer, status, code, sentence):
    tap.same((answer.status, answer.code), (status, code), sentence)


large = student.patch("/me", {"name": "x" * 5000})
refused(large, 413, "request.too_large", "a body larger than the route takes")
unknown = student.patch("/me", {"nickname": "x"})
refused(unknown, 422, "validation.failed", "an unknown field")
tap.check("nickname" in unknown.fields, "is named", unknown)
wrong = student.patch("/me", {"theme": 3})
tap.check(wrong.status == 422 and "theme" in wrong.fields, "a field of the wrong type is named", wrong)
missing = student.post("/sessions", {}, idem=key())
tap.check(missing.status == 422 and "exercise_id" in missing.fields, "a missing field is named", missing)
nested = student.put(SESSION + "/workspace", {"files": [{"path": "main.py", "text": "", "mode": 1}]}, if_match=1)
tap.check(nested.status == 422 and any("mode" in path and "files" in path for path in nested.fields),
          "a field within a list is named with its place", nested)
for body, what in ((b"{", "JSON that ends early"), (b'{"name":"a","name":"b"}', "a key that is there twice"),
                   (b'{"name":"\xff"}', "text that is not UTF-8"), (b'{"name":"a"} x', "something behind the JSON"),
                   (b"[" * 200 + b"]" * 200, "JSON nested too deep")):
    answer = student.call("PATCH", "/me", body)
    tap.check(answer.status in (400, 422) and answer.code, f"{what} is refused", answer)
form = student.call("PATCH", "/me", b"name=x", headers={"Content-Type": "application/x-www-form-urlencoded"})
refused(form, 415, "request.media_type", "a body that is not JSON")
keyless = student.post("/sessions", {"exercise_id": card["id"]})
tap.check(keyless.status in (400, 422, 428) and keyless.code, "a POST without its Idempotency-Key is refused", keyless)
bad_key = student.post("/sessions", {"exercise_id": card["id"]}, idem="x y" * 100)
tap.check(bad_key.status in (400, 422), "so is a key of a wrong form", bad_key)
refused(student.patch(SESSION, {"state": "paused"}), 428, "precondition.required", "a change without If-Match")
stale = student.patch(SESSION, {"state": "paused"}, if_match=99)
refused(stale, 412, "precondition.failed", "a change of a revision that is not the present one")
strange = student.patch(SESSION, {"state": "paused"}, headers={"If-Match": "W/abc"})
tap.check(strange.status in (412, 428), "an If-Match that is no revision", strange)
for query, what in (("cursor=zzz", "a cursor that is none"), ("limit=0", "a limit of nothing"),
                    ("limit=99999", "a limit above the most"), ("limit=1&limit=2", "a parameter that is there twice"),
                    ("colour=red", "a parameter that does not exist")):
    answer = student.get("/sessions?" + query)
    tap.check(answer.status == 422 and answer.code, f"{what} is refused", answer)
refused(student.get("/sessions/" + uuid7()), 404, "not_found", "a session that does not exist")
tap.check(student.get("/sessions/12").status in (404, 422), "an id that is none")
refused(student.get("/nothing/here"), 404, "not_found", "a route that does not exist")
method = student.call("PUT", "/me", {"name": "x"})
refused(method, 405, "method.not_allowed", "a method the address does not take")
tap.check("GET" in (method.headers.get("Allow") or ""), "and the answer names those it takes", method.headers)

problem = unknown.json
tap.check({"type", "title", "status", "code", "request_id"} <= set(problem) and
          unknown.headers.get("Content-Type") == "application/problem+json", "a problem has the standard form", problem)
tap.check(all(unknown.headers.get(h) for h in ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy")),
          "security headers stand on errors too", dict(unknown.headers))

# framing by hand
raw = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
raw.request("GET", "/api/v1/bootstrap", headers={"X-Filler": "a" * 20000})
status = raw.getresponse().status
tap.same(status, 431, "a head larger than allowed")
raw.close()
raw = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
raw.request("GET", "/api/v1/bootstrap?" + "a" * 12000)
status = raw.getresponse().status
tap.check(status in (414, 431), "an address longer than allowed", status)
raw.close()

# streams
open_now = [student.stream(SESSION + "/events") for _ in range(5)]
sixth = student.stream(SESSION + "/events")
tap.same([s.status for s in [*open_now, sixth]], [200] * 6, "a person opens one stream more than may be at once")
tap.same(open_now[0].next_named("closed"), None, "and the oldest of them ends, without being told that it is over")
for s in [*open_now, sixth]:
    s.close()
again = [student.stream(SESSION + "/events") for _ in range(5)]
tap.same([s.status for s in again], [200] * 5, "streams of pages just closed keep nobody from opening others")
for s in again:
    s.close()

# rates
blocked = None
visitor = Person(server)
for _ in range(70):
    blocked = visitor.post("/auth/login", {"email": "nadie@demo.example", "password": "x"})
    if blocked.status == 429:
        break
refused(blocked, 429, "limit.rate", "guessing passwords is slowed down")
tap.check(int(blocked.headers.get("Retry-After") or 0) > 0, "and told when to come again", blocked.headers)
tap.same(student.get("/me").status, 200, "who is signed in goes on")
burst = [student.post(f"/exercises/{card['id']}/runs", {"session_id": session["id"], "kind": "free"}, idem=key()).status
         for _ in range(12)]
tap.check(429 in burst and burst[0] == 202, "too many runs in a moment are refused", burst)
tap.same(server.stop(), 0, "the server ends cleanly")
tap.done()
