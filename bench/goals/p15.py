"""P15: a warm run in the sandbox, from code to result, beside a bare interpreter and beside bubblewrap.

sandbox/test/sandbox_bench.c runs `pass` fully isolated and `python3 -c pass` in turns, with pauses in which the pool
refills. The server's core is the same for all."""

import json
import subprocess
import time

from lib import Goal, Sample, Void

GOALS = (
    Goal("P15", "warm isolated run of `pass`, p50", unit="us", part="p50", peer="python3 -c pass", floor=1 / 10,
         ambition=1 / 25),
    Goal("P15", "the same, p50", unit="us", part="bwrap", peer="bubblewrap, python3 -c pass", floor=1 / 10,
         ambition=1 / 25),
    Goal("P15", "the same, p99 against the bare p50", unit="us", part="p99", peer="python3 -c pass", floor=1,
         ambition=1 / 10),
)
BWRAP = ("bwrap", "--unshare-all", "--die-with-parent", "--ro-bind", "/usr", "/usr", "--symlink", "usr/lib", "/lib",
         "--symlink", "usr/lib64", "/lib64", "--symlink", "usr/bin", "/bin", "--proc", "/proc", "--dev", "/dev",
         "--tmpfs", "/tmp", "/usr/bin/python3", "-c", "pass")
CPU = 0
BARE_US = (5_000, 120_000)


def program(bench):
    return bench.program("../sandbox/sandbox_bench")


def measure_ours(bench, group, runs):
    process = group.spawn([program(bench), "--runs", str(runs), "--seconds", "0", "--json"], CPU,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said = process.communicate(timeout=300)[0]
    if process.returncode:
        raise Void(f"sandbox_bench: {said.strip()[-300:]}")
    found = json.loads(said)
    low, high = BARE_US
    if not low <= found["bare_p50_us"] <= high:
        raise Void(f"python3 -c pass takes {found['bare_p50_us']} us, {low} to {high} are expected")
    return found


def one_bwrap():
    start = time.perf_counter()
    done = subprocess.run(["taskset", "-c", str(CPU), *BWRAP], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Void(f"bwrap: {done.stderr.strip()[-300:]}")
    return (time.perf_counter() - start) * 1e6


def measure_bwrap(runs):
    took = sorted(one_bwrap() for _ in range(runs))
    return Sample(requests=runs, p50_us=took[runs // 2], p99_us=took[runs * 99 // 100])


def run(bench):
    bench.need("bwrap", "bubblewrap")
    runs = 30 if bench.quick else 120
    group = bench.accounting.group("sandbox")
    found = {}

    def ours():
        found.update(measure_ours(bench, group, runs))
        return Sample(requests=runs, p50_us=found["warm_p50_us"], p99_us=found["warm_p99_us"])

    def bare():
        """Measured in turns with ours by the same program."""
        return Sample(requests=runs, p50_us=found["bare_p50_us"], p99_us=found["bare_p50_us"])

    try:
        with bench.nginx() as control:
            rounds = bench.interleave({
                "ours": ours, "bare": bare, "bwrap": lambda: measure_bwrap(20),
                "control": lambda: bench.closed_loop(control, "/health/live", seconds=1)})
    finally:
        group.stop()
    return [bench.judge(GOALS[0], rounds, "p50_us", peer="bare"), bench.judge(GOALS[1], rounds, "p50_us", peer="bwrap"),
            bench.judge(GOALS[2], rounds, "p99_us", peer="bare")]
