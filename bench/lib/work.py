"""A student's session to read and to write, through the API of a started server; and the peer's token for it."""

import hashlib
import hmac
import json
import os
import secrets
import shutil
import sqlite3
import time
import uuid

from .problem import Void

STUDENT = "estudiante@demo.example"
DAY_S = 86_400


def uuid7():
    raw = bytearray((time.time_ns() // 1_000_000).to_bytes(6, "big") + os.urandom(10))
    raw[6] = raw[6] & 0x0F | 0x70
    raw[8] = raw[8] & 0x3F | 0x80
    return str(uuid.UUID(bytes=bytes(raw)))


class Work:
    """The demo student, signed in, with one session open."""

    def __init__(self, ours):
        self.ours = ours
        self.cookie = ours.sign_in(STUDENT)
        exercise = self.get("/api/v1/exercises")["items"][0]["id"]
        opened = ours.request("POST", "/api/v1/sessions", {"exercise_id": exercise},
                              {**self.headers, "Idempotency-Key": uuid7()})
        if opened.status not in (200, 201):
            raise Void(f"no session: {opened.status} {opened.body[:200]}")
        self.session = opened.json["id"]
        self.user = opened.json["user"]["id"]
        self.path = f"/api/v1/sessions/{self.session}"

    @property
    def headers(self):
        return {"Cookie": self.cookie, "Accept": "application/json"}

    def get(self, path):
        answer = self.ours.request("GET", path, headers=self.headers)
        if answer.status != 200:
            raise Void(f"{path}: {answer.status} {answer.body[:200]}")
        return answer.json

    def writing(self, server):
        """Headers of a write to our own server."""
        return {**self.headers, "Content-Type": "application/json", "X-Requested-By": "ainative", "Origin": server.url}


def event():
    return {"event_id": uuid7(), "type": "focus_lost", "client_at": time.time_ns() // 1000, "payload": {}}


def batch(client="0123456789abcdef"):
    """One event of a browser's tab. A number that was used before is allowed: what counts is the event's id."""
    return {"client": client, "first": 1, "client_now": time.time_ns() // 1000, "events": [event()]}


def events_in(database, session):
    """How many events the store holds for a session."""
    with sqlite3.connect(database) as db:
        return db.execute("SELECT count(*) FROM trace_events WHERE session_id = ?", (session,)).fetchone()[0]


def event_ids(database, session):
    with sqlite3.connect(database) as db:
        return {row[0] for row in db.execute("SELECT id FROM trace_events WHERE session_id = ?", (session,))}


class Peer:
    """What the FastAPI peer needs: a copy of our database, and the token it will accept."""

    def __init__(self, bench, work):
        self.key = secrets.token_bytes(32)
        self.database = bench.work / f"peer-{work.ours.port}.db"
        with sqlite3.connect(work.ours.database) as ours, sqlite3.connect(self.database) as copy:
            ours.backup(copy)
            self.tenant = ours.execute("SELECT tenant_id FROM sessions WHERE id = ?", (work.session,)).fetchone()[0]
        claim = f"{work.user}.{int(time.time()) + DAY_S}"
        mac = hmac.new(self.key, claim.encode(), hashlib.sha256).hexdigest()
        self.headers = {"Authorization": f"Bearer {claim}.{mac}", "Content-Type": "application/json"}

    @property
    def env(self):
        return {"DB": self.database, "KEY": self.key.hex(), "TENANT": self.tenant}


def same_session(ours, theirs):
    """The self-test of the peer: it must answer what we answer."""
    if ours != theirs:
        differ = [k for k in set(ours) | set(theirs) if ours.get(k) != theirs.get(k)]
        raise Void(f"the peer answers another session: {json.dumps(differ)}")


def copy_away(path, to):
    """The files of a database as they are on the disk now."""
    for suffix in ("", "-wal"):
        source = path.with_name(path.name + suffix)
        if source.exists():
            shutil.copy(source, to.with_name(to.name + suffix))
    return to
