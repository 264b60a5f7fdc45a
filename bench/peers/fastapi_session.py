"""FastAPI's form of two of our endpoints, over a copy of our own database file: read one session, write one event.

It stands for a careful Python service, not for a slow one: one SQL statement where ours needs several modules' rows,
prepared statements from sqlite3's cache, a memory-mapped file, WAL, orjson when Debian has it, no validation of what
it answers. It does less than ours does: the policy is its defaults, nobody's role in a course is looked up, a token is
an HMAC that needs no table.

DB      path of the database
KEY     hex key of the tokens: "USER_ID.EXPIRES.HMAC-SHA256 in hex"
TENANT  id of the tenant
"""

import hashlib
import hmac
import os
import sqlite3
import threading
import time
from datetime import datetime, timedelta, timezone

from fastapi import FastAPI, Header, HTTPException, Response
from pydantic import BaseModel

try:
    from orjson import dumps
except ImportError:
    import json

    def dumps(value):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

DB, TENANT = os.environ["DB"], os.environ["TENANT"]
KEY = bytes.fromhex(os.environ["KEY"])
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
POLICY = {"tutor": True, "max_rung": 3, "hidden_shown": "count", "plan": "optional", "reflection": "optional",
          "turns_per_hour": 30}
LEVELS = {"session_opened": 1, "session_paused": 1, "session_resumed": 1, "session_closed": 1, "snapshot_taken": 2}
SELECT = """
SELECT s.user_id, s.course_id, s.purpose, s.state, s.rev, s.opened_at, s.active_at, s.ended_at, s.end_reason,
  s.best_score_mp, x.id, x.slug, v.title, v.number, u.name, h.next_seq - 1, lower(hex(h.hash)), l.client, l.fence,
  l.expires_at,
  (SELECT count(*) FROM runs r WHERE r.tenant_id = s.tenant_id AND r.session_id = s.id),
  (SELECT count(*) FROM turns t WHERE t.tenant_id = s.tenant_id AND t.session_id = s.id),
  (SELECT count(*) FROM submissions b WHERE b.tenant_id = s.tenant_id AND b.session_id = s.id),
  (SELECT group_concat(DISTINCT e.type) FROM trace_events e WHERE e.tenant_id = s.tenant_id AND e.session_id = s.id)
FROM sessions s
JOIN exercise_versions v ON v.tenant_id = s.tenant_id AND v.id = s.version_id
JOIN exercises x ON x.tenant_id = v.tenant_id AND x.id = v.exercise_id
JOIN users u ON u.tenant_id = s.tenant_id AND u.id = s.user_id
JOIN trace_heads h ON h.tenant_id = s.tenant_id AND h.session_id = s.id
LEFT JOIN session_leases l ON l.tenant_id = s.tenant_id AND l.session_id = s.id
WHERE s.tenant_id = ? AND s.id = ?"""

app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
local = threading.local()
titles = {}


def connection():
    """One for each thread, as sqlite3 wants it; kept."""
    if not hasattr(local, "db"):
        local.db = sqlite3.connect(DB, isolation_level=None, cached_statements=64)
        local.db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA mmap_size=268435456;"
                               "PRAGMA busy_timeout=5000; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;")
    return local.db


def user_of(token):
    """Whose token this is."""
    user, _, rest = token.partition(".")
    expires, _, mac = rest.partition(".")
    good = hmac.new(KEY, f"{user}.{expires}".encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(good, mac) or int(expires) < time.time():
        raise HTTPException(401, "auth.required")
    return user


def moment(us):
    return (EPOCH + timedelta(microseconds=us)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def title_of(text):
    """The Spanish title; parsed once for each exercise."""
    if text not in titles:
        import json as parser
        titles[text] = parser.loads(text)["es"]
    return titles[text]


def document(session, row):
    (_, course, purpose, state, rev, opened, active, ended, reason, score, exercise, slug, title, number, name, seq,
     head, client, fence, lease_until, runs, turns, submissions, types) = row
    seen = {LEVELS.get(kind) for kind in types.split(",")}
    out = {"id": session, "state": state, "rev": rev,
           "exercise": {"id": exercise, "slug": slug, "title": title_of(title), "version": number},
           "user": {"id": row[0], "name": name}, "course_id": course, "purpose": purpose,
           "opened_at": moment(opened), "active_at": moment(active), "max_score": 100, "policy": POLICY,
           "counts": {"events": seq, "runs": runs, "turns": turns, "submissions": submissions, "pastes": 0},
           "last": {}, "reflected": False, "head": {"seq": seq, "hash": head},
           "complete": {f"n{level}": level in seen for level in (1, 2, 3, 4)}}
    if ended is not None:
        out["ended_at"], out["end_reason"] = moment(ended), reason
    if score is not None:
        out["best_score"] = score / 1000
    if client and lease_until > time.time_ns() // 1000:
        out["lease"] = {"client": client, "fence": fence, "expires_at": moment(lease_until)}
    return out


def read_session(session, authorization):
    user = user_of(authorization.removeprefix("Bearer "))
    row = connection().execute(SELECT, (TENANT, session)).fetchone()
    if row is None or row[0] != user:
        raise HTTPException(404, "not_found")
    return Response(dumps(document(session, row)), media_type="application/json")


@app.get("/health/live")
async def live():
    return {"status": "ok"}


@app.get("/async/sessions/{session}")
async def session_async(session: str, authorization: str = Header()):
    return read_session(session, authorization)


@app.get("/def/sessions/{session}")
def session_def(session: str, authorization: str = Header()):
    return read_session(session, authorization)


class Event(BaseModel):
    event_id: str
    type: str
    client_at: int
    payload: dict


class Batch(BaseModel):
    client: str
    first: int
    client_now: int
    events: list[Event]


def insert(db, session, event):
    """One event at the end of the session's chain."""
    now = time.time_ns() // 1000
    seq, before = db.execute("UPDATE trace_heads SET next_seq = next_seq + 1 WHERE tenant_id = ? AND session_id = ? "
                             "RETURNING next_seq - 1, hash", (TENANT, session)).fetchone()
    payload = dumps(event.payload)
    body = b"%b%d%b%b%d%b" % (before, seq, event.event_id.encode(), event.type.encode(), now, payload)
    digest = hashlib.sha256(body).digest()
    db.execute("INSERT INTO trace_events (tenant_id, session_id, seq, id, type, actor, at, client_at, payload, hash) "
               "VALUES (?, ?, ?, ?, ?, 'student', ?, ?, ?, ?)",
               (TENANT, session, seq, event.event_id, event.type, now, event.client_at, payload, digest))
    db.execute("UPDATE trace_heads SET hash = ? WHERE tenant_id = ? AND session_id = ?", (digest, TENANT, session))
    return {"accepted": 1, "head": {"seq": seq, "hash": digest.hex()}}


def write_event(session, batch, authorization):
    """Answered after the commit, which waits for the disk."""
    user = user_of(authorization.removeprefix("Bearer "))
    db = connection()
    db.execute("BEGIN IMMEDIATE")
    try:
        owner = db.execute("SELECT user_id FROM sessions WHERE tenant_id = ? AND id = ?", (TENANT, session)).fetchone()
        if owner is None or owner[0] != user:
            raise HTTPException(404, "not_found")
        for event in batch.events:
            answer = insert(db, session, event)
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise
    return Response(dumps(answer), media_type="application/json")


@app.post("/async/sessions/{session}/events")
async def events_async(session: str, batch: Batch, authorization: str = Header()):
    return write_event(session, batch, authorization)


@app.post("/def/sessions/{session}/events")
def events_def(session: str, batch: Batch, authorization: str = Header()):
    return write_event(session, batch, authorization)
