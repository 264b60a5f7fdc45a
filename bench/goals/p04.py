"""P4: what it costs to give a request to a worker instead of answering it on the loop thread.

bench/handoff.c has two routes that answer the same, through the whole of io/http."""

from lib import Goal

GOALS = (
    Goal("P4", "hand-off: worker path - inline path, CPU", unit="us", peer="own inline path", compare="difference",
         floor=14.0, ambition=8.0,
         toward="what remains are one write, two epoll_ctl and one empty recv by libmicrohttpd's suspend and resume, "
                "and 0.3 futex calls: answer reads from memory inline (P3)"),
)


def run(bench):
    with bench.serve_program("handoff") as ours, bench.nginx() as control:
        rounds = bench.interleave({
            "ours": lambda: bench.closed_loop(ours, "/worker", 64),
            "peer": lambda: bench.closed_loop(ours, "/health/live", 64),
            "control": lambda: bench.closed_loop(control, "/health/live", 64)})
        return [bench.judge(GOALS[0], rounds)]
