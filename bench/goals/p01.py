"""P1: the cheapest thing we answer, against the cheapest thing nginx answers."""

from lib import Goal

GOALS = (
    Goal("P1", "GET /health/live answered on the loop thread, CPU, 64 connections", unit="us", part="64",
         peer="nginx static file", floor=1.0, ambition=0.75),
    Goal("P1", "the same with 256 connections", unit="us", part="256", peer="nginx static file",
         floor=1.0, ambition=0.75),
)
PATH = "/health/live"


def run(bench):
    with bench.serve() as ours, \
            bench.nginx(files={PATH: ours.request("GET", PATH).body}) as peer:
        results = []
        for goal, conns in zip(GOALS, (64, 256)):
            rounds = bench.interleave({
                "ours": lambda: bench.closed_loop(ours, PATH, conns),
                "control": lambda: bench.closed_loop(peer, PATH, conns)})
            results.append(bench.judge(goal, rounds, peer="control"))
        return results
