"""P14: from exec to the first answer, and what is in memory then.

Ours starts on a data folder with the current schema and the demo course loaded, and answers the liveness probe on the
listener all routes are on; it is ready (/health/ready) when the sandbox too has greeted, and that time is told beside it.
FastAPI answers the smallest program it can be."""
import time


from lib import Goal, Sample, Void
from lib.memory import pss, rss

GOALS = (
    Goal("P14", "cold start, exec to first 200", unit="ms", part="start", peer="FastAPI minimal", floor=1 / 4,
         ambition=1 / 8, control=False,
         toward="35 shared libraries became 22; what is left is mostly pages of the heap and the loader "
                "(`strace -c`, `LD_DEBUG=statistics`)"),
    Goal("P14", "RSS of the server after start", unit="MB", part="rss", peer="FastAPI minimal (for the eye)",
         compare="value", floor=24.0, ambition=14.0, control=False,
         toward="the start takes its heap at once; give back what only the start needs"),
)
STARTS, QUICK_STARTS, READY_S = 20, 5, 30


def started(server):
    """Milliseconds are counted by whoever started it: server.up_after_s."""
    answer = server.request("GET", "/health/live")
    if answer.status != 200 or b"ok" not in answer.body:
        raise Void(f"{server.name} answers {answer.status} {answer.body[:80]}")
    return Sample(extra={"ms": server.up_after_s * 1000})


def until_ready(server):
    """Milliseconds from the first answer until the sandbox has greeted."""
    start = time.perf_counter()
    while server.request("GET", "/health/ready").status != 200:
        if time.perf_counter() - start > READY_S:
            raise Void("not ready")
        time.sleep(0.005)
    return (time.perf_counter() - start) * 1000


def weighed(server, sample):
    """Memory after everything that a start does, not after the start."""
    sample.extra |= {"rss": rss(server.process.pid) / 1e6, "pss": pss(server.pids) / 1e6,
                     "processes": len(server.pids)}
    return sample


def ours(bench):
    with bench.serve(settled=False) as server:
        sample = started(server)
        sample.extra["ready_ms"] = sample.extra["ms"] + until_ready(server)
        return weighed(server.settle(), sample)


def peer(bench):
    with bench.python_peer("fastapi_minimal.py") as server:
        return weighed(server, started(server))


def run(bench):
    rounds = bench.interleave({"ours": lambda: ours(bench), "peer": lambda: peer(bench)},
                              rounds=QUICK_STARTS if bench.quick else STARTS)
    results = [bench.judge(GOALS[0], rounds, "ms"), bench.judge(GOALS[1], rounds, "rss")]
    last = rounds.rounds[-1]["ours"].extra
    ready = sorted(r["ours"].extra["ready_ms"] for r in rounds.rounds)
    results[0].notes.append(f"ready, sandbox greeted: {ready[len(ready) // 2]:.0f} ms")
    results[1].notes.append(f"the server process alone; with the sandbox's keeper and waiting boxes "
                            f"{last['processes']} processes, {last['pss']:.0f} MB PSS after the start")
    return results
