#!/usr/bin/python3
"""Signing in and out, and who may ask for it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "lib"))
from story import PASSWORD, Person, Server, Tap  # noqa: E402

tap = Tap()
server = Server().start()
GOOD = {"email": "estudiante@demo.example", "password": PASSWORD}


def without_id(answer):
    """A problem without what differs from request to request."""
    return {k: v for k, v in (answer.json or {}).items() if k != "request_id"}


# nobody yet
visitor = Person(server)
boot = visitor.get("/bootstrap")
tap.same(boot.status, 200, "the bootstrap is public")
tap.check(boot.json["demo"] is True and boot.json["setup_needed"] is False and
          boot.json["locales"] == ["es", "en"], "it tells that this is a demo with an admin", boot)
tap.same(visitor.get("/me").status, 401, "nobody is signed in at first")

# refusals
wrong = visitor.post("/auth/login", {**GOOD, "password": "not the password"})
unknown = visitor.post("/auth/login", {"email": "nadie@demo.example", "password": "not the password"})
tap.same((wrong.status, wrong.code), (401, "auth.invalid"), "a wrong password is refused")
tap.check(unknown.status == wrong.status and without_id(unknown) == without_id(wrong),
          "an unknown account gets the very same answer", (wrong, unknown))
tap.check("set-cookie" not in {k.lower() for k in wrong.headers}, "a refusal sets no cookie", wrong.headers)
tap.check(PASSWORD not in wrong.text and "demo.example" not in wrong.text,
          "the refusal repeats nothing of what was sent", wrong)

bare = visitor.post("/auth/login", GOOD, headers={"X-Requested-By": None})
tap.same((bare.status, bare.code), (403, "csrf"), "a sign-in without X-Requested-By is refused")
foreign = visitor.post("/auth/login", GOOD, headers={"Origin": "https://elsewhere.example"})
tap.same((foreign.status, foreign.code), (403, "csrf"), "a sign-in from a foreign origin is refused")
absent = visitor.post("/auth/login", GOOD, headers={"Origin": None})
tap.same((absent.status, absent.code), (403, "csrf"), "a sign-in that names no origin is refused")
cross = visitor.post("/auth/login", GOOD, headers={"Sec-Fetch-Site": "cross-site"})
tap.same((cross.status, cross.code), (403, "csrf"), "Sec-Fetch-Site counts before the origin")

# in
student = Person(server)
login = student.post("/auth/login", GOOD)
tap.same((login.status, login.json.get("state")), (200, "done"), "the right password signs in")
cookie = login.headers.get("Set-Cookie") or ""
tap.check(all(word in cookie for word in ("__Host-sid=", "Path=/", "Secure", "HttpOnly", "SameSite=Lax")),
          "the cookie is bound to the host and hidden from scripts", cookie)
tap.same(login.headers.get("Cache-Control"), "no-store", "no cache keeps the answer")
upper = Person(server).post("/auth/login", {**GOOD, "email": "Estudiante@Demo.Example"})
tap.same(upper.status, 200, "case of the address does not matter")

me = student.get("/me")
tap.check(me.status == 200 and me.json["email"] == GOOD["email"] and "student" in me.json["roles"],
          "/me tells who is signed in", me)
tap.check(len(me.json["courses"]) == 1 and me.json["courses"][0]["role"] == "student",
          "and in which course", me)
tap.check("password" not in me.text and "argon2" not in me.text, "and nothing of the password", me)

patched = student.patch("/me", {"locale": "en", "theme": "dark", "name": "Lucía F."})
tap.check(patched.status == 200 and patched.json["locale"] == "en" and patched.json["theme"] == "dark" and
          patched.json["name"] == "Lucía F.", "name, language and theme change", patched)
again = student.get("/me").json
tap.check(again["locale"] == "en" and again["theme"] == "dark", "and stay changed", again)
bad = student.patch("/me", {"locale": "fr"})
tap.check(bad.status == 422 and "locale" in bad.fields, "a language that is not there is refused by name", bad)
grab = student.patch("/me", {"roles": ["admin"]})
tap.check(grab.status == 422 and "roles" in grab.fields, "nobody gives oneself a role", grab)
stolen = student.patch("/me", {"theme": "light"}, headers={"X-Requested-By": None})
tap.same((stolen.status, stolen.code), (403, "csrf"), "a signed-in change needs X-Requested-By too")

# out
other_device = server.login(GOOD["email"])
old = student.cookie
out = student.post("/auth/logout")
tap.same(out.status, 204, "signing out answers 204")
tap.check("Max-Age=0" in (out.headers.get("Set-Cookie") or ""), "and takes the cookie back",
          out.headers.get("Set-Cookie"))
student.cookie = old
tap.same(student.get("/me").status, 401, "the old cookie opens nothing any more")
tap.same(other_device.get("/me").status, 200, "the other device stays signed in")
student.cookie = "A" * 43
tap.same(student.get("/me").status, 401, "an invented cookie opens nothing")
tap.same(server.stop(), 0, "the server ends cleanly")
tap.done()
