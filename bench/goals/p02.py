"""P2: read one session, signed in: cookie, ownership, SQLite, JSON. Against FastAPI over a copy of the same file.

The peer answers in two forms, `async def` and `def`; the one that needs less CPU is the peer. Its self-test: it answers
the same document, and its CPU lies in the range seen on this class of machine, idle and busy."""

from lib import Goal, Void
from lib.work import Peer, Work, same_session

GOALS = (
    Goal("P2", "GET /api/v1/sessions/{id}, signed in, CPU per request", unit="us", part="cpu", peer="FastAPI",
         floor=1 / 8, ambition=1 / 14),
    Goal("P2", "the same, p99 in an open loop", unit="us", part="p99", peer="FastAPI", floor=1 / 5, ambition=1 / 10),
)
EXPECTED_US = {"async": (50, 850), "def": (50, 1700)}
RATE = 500  # below what the slower contestant can bear


def forms(bench, server, peer, work):
    """{"async": path, "def": path} that answer what we answer."""
    ours = work.get(work.path)
    for form in EXPECTED_US:
        path = f"/{form}/sessions/{work.session}"
        answer = server.request("GET", path, headers=peer.headers)
        if answer.status != 200:
            raise Void(f"{server.name} {path}: {answer.status} {answer.body[:200]}")
        same_session(ours, answer.json)
        yield form, path


def faster(bench, server, peer, work):
    """The path of the form that needs less CPU."""
    cost = {}
    for form, path in forms(bench, server, peer, work):
        cost[path] = bench.closed_loop(server, path, headers=peer.headers, seconds=1).cpu_us
        low, high = EXPECTED_US[form]
        bench.say(f"  FastAPI {form} {cost[path]:.0f} us")
        if not low <= cost[path] <= high:
            raise Void(f"the peer's {form} form needs {cost[path]:.0f} us, {low} to {high} are expected")
    return min(cost, key=cost.get)


def run(bench):
    with bench.serve() as ours, bench.nginx() as control:
        work = Work(ours)
        peer = Peer(bench, work)
        with bench.python_peer("fastapi_session.py", env=peer.env) as server:
            path = faster(bench, server, peer, work)
            cpu = bench.interleave({
                "ours": lambda: bench.closed_loop(ours, work.path, headers=work.headers),
                "peer": lambda: bench.closed_loop(server, path, headers=peer.headers),
                "control": lambda: bench.closed_loop(control, "/health/live")})
            tail = bench.interleave({
                "ours": lambda: bench.open_loop(ours, work.path, RATE, headers=work.headers, seed=1),
                "peer": lambda: bench.open_loop(server, path, RATE, headers=peer.headers, seed=1),
                "control": lambda: bench.closed_loop(control, "/health/live", seconds=1)})
            return [bench.judge(GOALS[0], cpu), bench.judge(GOALS[1], tail, "p99_us")]
