#!/usr/bin/python3
"""Two devices of one student: one writes, the other may take over."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "lib"))
from story import Server, Tap, exercise_named, key  # noqa: E402

tap = Tap()
server = Server().start()
laptop = server.login("estudiante@demo.example")
phone = server.login("estudiante@demo.example")
card = exercise_named(laptop, "vuelto-del-kiosco")
session = laptop.post("/sessions", {"exercise_id": card["id"]}, idem=key()).json
LEASE = f"/sessions/{session['id']}/lease"
A, B = "a" * 16, "b" * 16

first = laptop.put(LEASE, {"client": A})
tap.check(first.status == 200 and first.json["client"] == A, "the first device becomes the writer", first)
again = laptop.put(LEASE, {"client": A})
tap.check(again.status == 200 and again.json["fence"] == first.json["fence"] and
          again.json["expires_at"] >= first.json["expires_at"], "it stays it, with the same fence", again)
held = phone.put(LEASE, {"client": B})
tap.same((held.status, held.code), (409, "lease.held"), "the second is told that another writes")
with laptop.stream(f"/sessions/{session['id']}/events", timeout=20) as stream:
    state = stream.next_named("state")
    tap.check(state and state.data["state"] == "opened", "the session's stream starts with its state", state)
    taken = phone.put(LEASE, {"client": B, "take_over": True})
    tap.check(taken.status == 200 and taken.json["fence"] > first.json["fence"], "it may take over, which raises the fence", taken)
    told = next((e for e in stream if e.name == "lease" and e.data["client"] == B), None)
    tap.check(told and told.data["fence"] == taken.json["fence"],
              "the first device hears of it", told)
tap.check(laptop.get(f"/sessions/{session['id']}").json["lease"]["client"] == B, "the session names the writer")
tap.same(laptop.put(LEASE, {"client": A}).code, "lease.held", "now the first one is told that another writes")
tap.same(laptop.delete(f"{LEASE}?client={A}").status, 204, "a device that has lost it may give it back all the same")
tap.same(laptop.put(LEASE, {"client": A}).code, "lease.held", "but not in the name of the one that has it")
tap.same(phone.delete(LEASE).status, 422, "nobody gives a lease back without a name")
tap.same(phone.delete(f"{LEASE}?client={B}").status, 204, "the lease is given back")
free = laptop.put(LEASE, {"client": A})
tap.check(free.status == 200 and free.json["fence"] > 0, "and free for the first one again", free)
tap.same(laptop.put(LEASE, {"client": "short"}).status, 422, "a client of a wrong form is refused")

# the state machine, on the way
seen = laptop.get(f"/sessions/{session['id']}")
paused = laptop.patch(f"/sessions/{session['id']}", {"state": "paused"}, if_match=seen.etag)
tap.check(paused.status == 200 and paused.json["state"] == "paused", "a session is paused", paused)
twice = laptop.patch(f"/sessions/{session['id']}", {"state": "paused"}, if_match=paused.etag)
tap.same((twice.status, twice.code), (409, "state.transition"), "but not twice")
opened = laptop.post("/sessions", {"exercise_id": card["id"]}, idem=key())
tap.check(opened.status == 200 and opened.json["state"] == "resumed", "opening it again resumes it", opened)
tap.same(server.stop(), 0, "the server ends cleanly")
tap.done()
