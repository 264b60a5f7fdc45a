"""What a program does besides using CPU: faults, system calls, calls of the allocator.

Never in a round whose CPU is measured: counting costs."""

import re
import signal
import struct
import subprocess
import time
from contextlib import contextmanager

from .group import stat_fields
from .problem import Missing, Void

IDLE_S = 1.0
CALLERS = ("ours", "libmicrohttpd", "others")


def minor_faults(pids):
    """Minor faults of living processes since they began."""
    return sum(int(f[7]) for f in map(stat_fields, pids) if f)


class Allocations:
    """Counters that bench/allocs.c keeps for a program that is started with `env`."""

    def __init__(self, bench, name):
        self.file = bench.work / f"allocs-{name}"
        self.file.write_bytes(bytes(8 * len(CALLERS)))
        self.env = {"LD_PRELOAD": bench.program("allocs.so"), "BENCH_ALLOCS": str(self.file)}

    def read(self):
        return dict(zip(CALLERS, struct.unpack(f"={len(CALLERS)}Q", self.file.read_bytes())))


@contextmanager
def system_calls(bench, pids):
    """Counts them with perf, in the kernel; found["calls"] when the block has ended."""
    argv = [bench.need("perf", "linux-perf"), "stat", "-x,", "-e", "raw_syscalls:sys_enter", "-p",
            ",".join(map(str, pids))]
    process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    found = {}
    try:
        yield found
    finally:
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=20)[1]
    number = re.search(r"^(\d+),[^,]*,raw_syscalls", said, re.MULTILINE)
    if not number:
        raise Missing("perf cannot count system calls here (root, or kernel.perf_event_paranoid <= -1): "
                      + said.strip()[-200:])
    found["calls"] = int(number.group(1))


def idle_calls(allocations):
    """Calls of the allocator per second by what goes on without requests: jobs, timers."""
    before = allocations.read()
    time.sleep(IDLE_S)
    return {who: (n - before[who]) / IDLE_S for who, n in allocations.read().items()}


def per_request(bench, server, path, headers, allocations=None):
    """Counts around one closed loop: {"faults", "calls", "ours", "libmicrohttpd", "others"} per request."""
    idle = idle_calls(allocations) if allocations else {}
    pids = server.pids
    faults = minor_faults(pids)
    before = allocations.read() if allocations else {}
    with system_calls(bench, pids) as found:
        sample = bench.closed_loop(server, path, 64, headers=headers)
    if server.pids != pids:
        raise Void("processes came or went while they were counted")
    counts = {"faults": minor_faults(pids) - faults, "calls": found["calls"]}
    after = allocations.read() if allocations else {}
    counts |= {who: max(0.0, after[who] - before[who] - idle[who] * sample.seconds) for who in after}
    return {name: n / sample.requests for name, n in counts.items()}
