"""P17: runs of a fully isolated program per second, refill included, beside bare interpreters.

sandbox/test/sandbox_bench.c runs `pass` back to back from twice as many threads as cores, as a judge with a queue does,
then starts bare `python3 -c pass` from as many threads as cores. Each test of an exercise is one such run, so an
exercise of 20 tests is judged at a twentieth of the rate. Both cores take part; nothing else runs meanwhile."""

import json
import os
import subprocess

from lib import Goal, Sample, Void

GOALS = (
    Goal("P17", "isolated runs on all cores, refill included", unit="req/s", part="rate", peer="python3 -c pass",
         floor=2, ambition=3.5, better="higher",
         toward="(supposed, not profiled) learn the pages that a real run writes instead of a rehearsal's, one process "
                "a box less"),
)
SECONDS, QUICK_SECONDS = 12, 3  # five rounds of ours are the minute that the goal asks for


def capacity(bench, group, seconds):
    """(ours, bare) runs per second, one after the other."""
    process = group.spawn([bench.program("../sandbox/sandbox_bench"), "--runs", "0", "--seconds", str(seconds), "--json"],
                          os.sched_getaffinity(0), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said = process.communicate(timeout=60 + 4 * seconds)[0]
    if process.returncode:
        raise Void(f"sandbox_bench: {said.strip()[-300:]}")
    found = json.loads(said)
    return found["warm_per_s"], found["bare_per_s"]


def run(bench):
    seconds = QUICK_SECONDS if bench.quick else SECONDS
    group = bench.accounting.group("sandbox")
    found = {}

    def ours():
        found["ours"], found["bare"] = capacity(bench, group, seconds)
        return Sample(requests=int(found["ours"] * seconds), seconds=seconds, rate=found["ours"])

    def bare():
        """Measured by the same program, right after ours."""
        return Sample(requests=int(found["bare"] * seconds), seconds=seconds, rate=found["bare"])

    try:
        with bench.nginx() as control:
            rounds = bench.interleave({
                "ours": ours, "bare": bare,
                "control": lambda: bench.closed_loop(control, "/health/live", seconds=1)})
    finally:
        group.stop()
    return [bench.judge(GOALS[0], rounds, "rate", peer="bare")]
