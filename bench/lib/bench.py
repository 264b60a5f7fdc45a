"""Bench: what a goal is given. It owns everything that was started and ends it."""

import os
import shutil
import signal
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from . import goal as goals
from . import load, server
from .goal import Rounds
from .group import Accounting
from .machine import busy_us
from .problem import Missing

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build/release"
SERVER_CPU, GENERATOR_CPU = 0, 1
CORES_NEEDED = 2
RUN_S = 15 * 60
WORK = "ainative-bench-"
ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def end_once(_number, _frame):
    """The first signal ends the run as Ctrl-C does. More of them (`timeout` sends two) must not cut the tidying short,
    or servers and folders would stay."""
    for number in ENDS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def work_folder():
    """A folder that names this process; those of processes that are no more are removed."""
    for folder in Path(tempfile.gettempdir()).glob(WORK + "*"):
        owner = folder.name.removeprefix(WORK).partition("-")[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            shutil.rmtree(folder, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{WORK}{os.getpid()}-"))


class Bench:
    def __init__(self, rounds=5, seconds=3.0, quick=False, say=print):
        self.rounds = rounds
        self.seconds = seconds
        self.quick = quick
        self.say = say
        self.ends = time.monotonic() + RUN_S
        os.sched_setaffinity(0, {GENERATOR_CPU})
        for number in ENDS:
            signal.signal(number, end_once)
        self.accounting = Accounting()
        self.generator = self.accounting.group("generator")
        self.work = work_folder()
        self.served = None  # the demo data folder, made once and copied

    # ---- contestants: each is a context manager that gives a Server and ends it ----

    @contextmanager
    def serve(self, conf=None, env=None, demo=True, settled=True):
        """Our program; settled: its sandbox has greeted and its memory stands still."""
        ours = server.start_ainative(self, conf or {}, env or {}, demo)
        yield from self.ending(ours.settle() if settled else ours)

    @contextmanager
    def nginx(self, name="static.conf", files=None, values=None):
        yield from self.ending(server.start_nginx(self, name, files or {}, values or {}))

    @contextmanager
    def python_peer(self, file, env=None):
        yield from self.ending(server.start_python(self, file, env or {}))

    @contextmanager
    def serve_program(self, name, *words):
        yield from self.ending(server.start_program(self, name, words))

    @staticmethod
    def ending(started):
        try:
            yield started
        finally:
            started.stop()

    # ---- load ----

    def closed_loop(self, target, path, conns=64, **how):
        return load.closed_loop(self, target, path, conns, **how)

    def open_loop(self, target, path, rate, **how):
        return load.open_loop(self, target, path, rate, **how)

    def cpu_us(self, group):
        return group.cpu_us()

    # ---- rounds ----

    def interleave(self, contestants, rounds=None, warm=True):
        """A B C A B C ...: each function measures once and returns a Sample."""
        if warm:
            self.warm(contestants)
        found = Rounds()
        others = Others(self.accounting)
        for number in range(rounds or self.rounds):
            found.rounds.append({name: measure() for name, measure in contestants.items()})
            self.say(f"  round {number + 1}: " + ", ".join(
                f"{name} {s.cpu_us:.1f} us" for name, s in found.rounds[-1].items() if s.cpu_us))
        found.others = others.cores()
        return found

    def warm(self, contestants):
        """Each once, for a second, thrown away."""
        kept, self.seconds = self.seconds, 1.0
        for measure in contestants.values():
            measure()
        self.seconds = kept

    def judge(self, goal, rounds, measure="cpu_us", **names):
        return goals.judge(goal, rounds, measure, **names)

    # ---- odds and ends ----

    def late(self):
        """Whether a goal should not be tried again: the run as a whole must end."""
        return time.monotonic() > self.ends

    def need(self, program, package):
        found = shutil.which(program)
        if not found:
            raise Missing(f"{program} is not here: apt-get install {package}")
        return found

    def program(self, name):
        path = BUILD / "bench" / name
        if not path.exists():
            raise Missing(f"{path} was not built: ./dev bench builds it")
        return str(path)

    def close(self):
        self.accounting.close()
        shutil.rmtree(self.work, ignore_errors=True)


class Others:
    """How many cores somebody else used since this was made."""

    def __init__(self, accounting):
        self.accounting = accounting
        self.from_ = self.now()

    def now(self):
        busy, wall = busy_us()
        return busy - self.accounting.used_us(), wall

    def cores(self):
        busy, wall = self.now()
        return max(0.0, (busy - self.from_[0]) / max(1.0, wall - self.from_[1]))
