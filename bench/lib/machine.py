"""What the numbers were taken on: recorded with each run."""

import json
import os
import platform
import subprocess
import time
from pathlib import Path

from .command import run_quietly

BUILD = Path(__file__).resolve().parents[2] / "build/release"
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


PEER_PACKAGES = ("nginx", "wrk", "python3-fastapi", "python3-uvloop", "python3-httptools", "uvicorn", "bubblewrap",
                 "libmicrohttpd12", "libsqlite3-0", "python3")


def versions():
    """Of what is measured against, and of the libraries that decide our own figures."""
    said = subprocess.run(["dpkg-query", "-W", "-f=${Package} ${Version}\n", *PEER_PACKAGES], capture_output=True,
                          text=True, check=False).stdout
    return dict(line.split(" ", 1) for line in said.splitlines() if " " in line)


def built_with():
    """Compiler and options of the release build: what the program and its build folder say."""
    said = subprocess.run(["readelf", "-p", ".comment", str(BUILD / "ainative")], capture_output=True, text=True,
                          check=False).stdout
    wanted = ("buildtype", "optimization", "b_lto", "b_ndebug", "b_sanitize", "strip", "c_args")
    options = json.loads((BUILD / "meson-info/intro-buildoptions.json").read_text("utf-8"))
    compiler = [line.partition("]")[2].strip() for line in said.splitlines() if "]" in line]
    return {"compiler": ", ".join(compiler)} | {o["name"]: o["value"] for o in options if o["name"] in wanted}


def costs(bench):
    """What entering the kernel costs here, measured by bench/costs.c."""
    return json.loads(run_quietly(["taskset", "-c", "0", bench.program("costs")]))
