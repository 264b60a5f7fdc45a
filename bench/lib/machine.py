"""What the numbers were taken on: recorded with each run."""

import json
import os
import platform
import time
from pathlib import Path

from .command import run_quietly

TICK_US = 1_000_000 / os.sysconf("SC_CLK_TCK")


def busy_us():
    """(CPU all processes of the machine used, wall time), in microseconds since some start."""
    fields = [int(f) for f in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    user, nice, system, _idle, _wait, irq, soft, steal = fields
    return (user + nice + system + irq + soft + steal) * TICK_US, time.monotonic() * 1e6


def cpu_model():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def describe(costs):
    return {"cpu": cpu_model(), "cores": os.cpu_count(), "kernel": platform.release(), "costs": costs}


def costs(bench):
    """What entering the kernel costs here, measured by bench/costs.c."""
    return json.loads(run_quietly(["taskset", "-c", "0", bench.program("costs")]))
