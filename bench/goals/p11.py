"""P11: one event written through HTTP, answered after the commit and its sync. Against the same program with one write
in each commit, and against FastAPI with sqlite3, synchronous=FULL.

The rows are counted afterwards, and once the server is killed in the middle: an answered event that the store doesn't
have makes everything void."""

import os
import signal
import threading
import time
from pathlib import Path

from lib import Goal, Void
from lib.work import Peer, Work, batch, event_ids, events_in

TOWARD = ("the signed-in user from memory, not a reader that lost its pages to the last commit (5.5 preads a write); "
          "two rows less: the chain's head taken and set in one statement; a writer that completes requests itself")
GOALS = (
    Goal("P11", "one event durable through HTTP, 64 connections", unit="req/s", part="group",
         peer="own, db.group_ops=1", floor=3, ambition=5, better="higher", speed=True, toward=TOWARD),
    Goal("P11", "the same", unit="req/s", part="FastAPI", peer="FastAPI + sqlite3 FULL", floor=6, ambition=10,
         better="higher", speed=True, toward=TOWARD),
    Goal("P11", "the same", unit="req/s", part="rate", floor=8000, ambition=15000, better="higher", compare="value",
         speed=True, toward=TOWARD),
)
SCRIPT = Path(__file__).resolve().parents[1] / "lib/events.lua"
CONNS = 64
# a worker waits for the commit, so a group can't be larger than there are workers
WORKERS = {"http.workers": str(CONNS)}
PEER_PER_S = (100, 5000)


class Writer:
    """One contestant's writes, and how many of them were answered."""

    def __init__(self, bench, server, path, headers, database, session):
        self.bench, self.server, self.path, self.headers = bench, server, path, headers
        self.database, self.session = database, session
        self.before = events_in(database, session)
        self.answered = 0

    def measure(self, seconds=None):
        sample = self.bench.closed_loop(self.server, self.path, CONNS, headers=self.headers, method="POST",
                                        seconds=seconds, script=SCRIPT)
        self.answered += sample.requests
        return sample

    def recount(self):
        found = events_in(self.database, self.session) - self.before
        if found < self.answered:
            raise Void(f"{self.server.name} answered {self.answered} events and stored {found}")
        self.bench.say(f"  {self.server.name}: {self.answered} answered, {found} stored")


def own(bench, server):
    work = Work(server)
    writer = Writer(bench, server, work.path + "/events", work.writing(server), server.database, work.session)
    return work, writer


def faster(bench, server, peer, work):
    """The peer's form that writes more."""
    best = None
    for form in ("async", "def"):
        writer = Writer(bench, server, f"/{form}/sessions/{work.session}/events", peer.headers, peer.database,
                        work.session)
        rate = writer.measure(seconds=1).rate
        bench.say(f"  FastAPI {form} {rate:.0f}/s")
        writer.recount()
        best = max(best or (0, writer), (rate, writer), key=lambda pair: pair[0])
    low, high = PEER_PER_S
    if not low <= best[0] <= high:
        raise Void(f"the peer writes {best[0]:.0f}/s, {low} to {high} are expected")
    return best[1]


def write_until_killed(server, work, stop, answered):
    """One browser: events one after the other; the ids that were answered."""
    while not stop.is_set():
        sent = batch()
        try:
            answer = server.request("POST", work.path + "/events", sent, work.headers)
        except OSError:
            return
        if answer.status == 200 and answer.json["accepted"] == 1:
            answered.append(sent["events"][0]["event_id"])


def kill_in_the_middle(bench):
    with bench.serve(WORKERS) as server:
        work, stop, answered = Work(server), threading.Event(), []
        writers = [threading.Thread(target=write_until_killed, args=(server, work, stop, answered)) for _ in range(16)]
        for thread in writers:
            thread.start()
        time.sleep(1)
        for pid in server.pids:
            os.kill(pid, signal.SIGKILL)
        stop.set()
        for thread in writers:
            thread.join()
        lost = set(answered) - event_ids(server.database, work.session)
    if lost or not answered:
        raise Void(f"after kill -9 {len(lost)} of {len(answered)} answered events are missing")
    return f"kill -9: {len(answered)} answered events, none lost"


def run(bench):
    note = kill_in_the_middle(bench)
    bench.say("  " + note)
    with bench.serve(WORKERS) as ours, bench.serve({**WORKERS, "db.group_ops": "1"}) as single, \
            bench.nginx() as control:
        work, grouped = own(bench, ours)
        _, alone = own(bench, single)
        peer = Peer(bench, work)
        with bench.python_peer("fastapi_session.py", env=peer.env) as server:
            python = faster(bench, server, peer, work)
            rounds = bench.interleave({
                "ours": grouped.measure, "alone": alone.measure, "python": python.measure,
                "control": lambda: bench.closed_loop(control, "/health/live", seconds=1)})
            for writer in (grouped, alone, python):
                writer.recount()
    results = [bench.judge(goal, rounds, "rate", peer=name) for goal, name in zip(GOALS, ("alone", "python", "alone"))]
    for result in results:
        result.notes.append(note)
    return results
