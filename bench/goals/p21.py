"""P21: what a request does in steady state: minor faults, calls of the allocator by our code, system calls.

Inline is GET /health/live, worker is a session read with its database queries. Faults come from /proc, system
calls from perf's counter in the kernel, calls of the allocator from a library loaded before the program
(bench/allocs.c) that tells its callers apart; they are counted in runs of their own, never beside CPU."""

from lib import Goal, Sample
from lib.counted import Allocations, per_request
from lib.session import open_session


def row(part, what, unit, floor, ambition, toward=""):
    return Goal("P21", what, unit=unit, part=part, compare="value", floor=floor, ambition=ambition, control=False,
                toward=toward)


GOALS = (
    row("faults inline", "minor faults per inline request", "faults", 0.01, 0.001),
    row("faults worker", "minor faults per worker request", "faults", 0.01, 0.001,
        "SQLite and Jansson from a pool that is filled at start"),
    row("allocs inline", "calls of the allocator by our code per inline request", "calls", 0, 0),
    row("allocs worker", "calls of the allocator by our code per worker request", "calls", 4, 0,
        "the policy's document on a buffer of the worker; the reader of JSON without a call of its own"),
    row("syscalls inline", "system calls per inline request", "calls", 5, 4),
    row("syscalls worker", "system calls per worker request", "calls", 11, 8,
        "4 are libmicrohttpd's suspend and resume (write, two epoll_ctl, an empty recv), 1.5 the locks of the store's "
        "snapshot: answer from memory inline (P3)"),
)
BACKGROUND = 0.005  # what remains when the idle server's own calls are taken off: below this is none


def counted(bench, server, path, headers, allocations):
    found = per_request(bench, server, path, headers, allocations)
    found["ours"] = found["ours"] if found["ours"] >= BACKGROUND else 0.0
    return Sample(extra=found)


def run(bench):
    allocations = Allocations(bench, "ainative")
    with bench.serve(env=allocations.env) as server:
        headers = {"Cookie": server.sign_in("estudiante@demo.example")}
        path = "/api/v1/sessions/" + open_session(server, headers["Cookie"])
        rounds = bench.interleave({
            "inline": lambda: counted(bench, server, "/health/live", None, allocations),
            "worker": lambda: counted(bench, server, path, headers, allocations)})
    results = [bench.judge(g, rounds, key, ours=g.part.split()[1])
               for g, key in zip(GOALS, ("faults", "faults", "ours", "ours", "calls", "calls"))]
    last = rounds.rounds[-1]
    for result, way in ((results[2], "inline"), (results[3], "worker")):
        extra = last[way].extra
        result.notes.append(f"apart: libmicrohttpd {extra['libmicrohttpd']:.1f}, other libraries {extra['others']:.1f}")
    return results
