"""Process groups: started on a chosen core, their CPU time counted, ended by recorded pid."""

import os
import signal
import subprocess
import time
from pathlib import Path

CPUACCT = Path("/sys/fs/cgroup/cpuacct")
TICK_US = 1_000_000 / os.sysconf("SC_CLK_TCK")
STOP_S = 20
PREFIX = "ainative-bench-"


def cpuacct_usable():
    """cgroup v1, where CPU time is counted in nanoseconds and root may make groups."""
    return os.access(CPUACCT / "cgroup.procs", os.W_OK)


def sweep():
    """Ends and removes what a bench left behind that was killed: its folder names a process that is no more."""
    for folder in CPUACCT.glob(PREFIX + "*") if cpuacct_usable() else ():
        if not Path(f"/proc/{folder.name.removeprefix(PREFIX)}").exists():
            remove(folder)


def remove(folder):
    """A cgroup with all below it, innermost first, and the processes that are still in there."""
    folders = sorted((f.parent for f in folder.rglob("cgroup.procs")), reverse=True)
    for _ in range(100):
        left = [int(p) for f in folders for p in (f / "cgroup.procs").read_text().split()]
        if not left:
            break
        for pid in left:
            kill(pid)
        time.sleep(0.05)
    for f in folders:
        f.rmdir()


class Accounting:
    """The parent of all groups of this run: made at start, removed at the end."""

    def __init__(self):
        sweep()
        self.folder = CPUACCT / f"{PREFIX}{os.getpid()}" if cpuacct_usable() else None
        self.groups = []
        if self.folder:
            self.folder.mkdir()

    @property
    def kind(self):
        return "cgroup cpuacct.usage" if self.folder else "/proc utime+stime, 10 ms ticks"

    def group(self, name):
        """A new group; its name tells the folders in /sys apart."""
        made = Group(self, f"{len(self.groups)}-{name}")
        self.groups.append(made)
        return made

    def used_us(self):
        """CPU of everything this run started, and of the harness itself."""
        own = os.times()
        mine = (own.user + own.system + own.children_user + own.children_system) * 1e6
        if not self.folder:
            return mine + sum(g.cpu_us() for g in self.groups if g.processes)
        return mine + int((self.folder / "cpuacct.usage").read_text()) / 1000

    def close(self):
        for group in self.groups:
            group.stop()
        if self.folder and self.folder.exists():
            self.folder.rmdir()


class Group:
    """The processes of one contestant and whatever they start."""

    def __init__(self, accounting, name):
        self.folder = accounting.folder / name if accounting.folder else None
        self.processes = []
        if self.folder:
            self.folder.mkdir()

    def spawn(self, argv, cpu, **options):
        """Starts argv on one core or a set of them, inside this group before its first instruction."""

        def enter():
            os.sched_setaffinity(0, cpu if isinstance(cpu, set) else {cpu})
            if self.folder:
                (self.folder / "cgroup.procs").write_text("0")

        process = subprocess.Popen(argv, start_new_session=True, stdin=subprocess.DEVNULL, preexec_fn=enter, **options)
        self.processes.append(process)
        return process

    def pids(self):
        """Every living process of the group."""
        if self.folder:
            return [int(p) for f in self.folders() for p in (f / "cgroup.procs").read_text().split()]
        return sorted({pid for p in self.processes for pid in session_pids(p.pid)})

    def folders(self):
        """The cgroup and those our sandbox made below it, innermost first."""
        return sorted((f.parent for f in self.folder.rglob("cgroup.procs")), reverse=True)

    def cpu_us(self):
        """Microseconds of CPU since the group was made."""
        if self.folder:
            return int((self.folder / "cpuacct.usage").read_text()) / 1000
        return sum(stat_cpu_us(pid) for pid in self.pids())

    def stop(self):
        """TERM to what we started, KILL to what of the group is left after a while."""
        for process in self.processes:
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + STOP_S
        for process in self.processes:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if not self.folder or self.folder.exists():
            self.clear()
        self.processes = []

    def clear(self):
        """Ends children that outlived their parent, then removes the cgroup."""
        if self.folder:
            remove(self.folder)
            return
        for pid in self.pids():
            kill(pid)


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def stat_fields(pid):
    """The fields of /proc/PID/stat after the name, or None when it has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def session_pids(session):
    found = []
    for entry in os.listdir("/proc"):
        fields = stat_fields(entry) if entry.isdigit() else None
        if fields and int(fields[3]) == session and fields[0] != "Z":
            found.append(int(entry))
    return found


def stat_cpu_us(pid):
    """utime + stime + those of reaped children."""
    fields = stat_fields(pid)
    return sum(int(f) for f in fields[11:15]) * TICK_US if fields else 0.0
