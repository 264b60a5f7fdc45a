"""What processes keep in memory."""

from pathlib import Path


def sizes(file, *names):
    """Bytes of some rows of a /proc file in kB; None when the process has ended."""
    try:
        rows = dict(line.split(":", 1) for line in Path(file).read_text().splitlines() if ":" in line)
    except (OSError, ValueError):
        return None
    return [int(rows[name].split()[0]) * 1024 for name in names]


def pss(pids):
    """Bytes of all of them together, shared pages counted once."""
    found = [sizes(f"/proc/{pid}/smaps_rollup", "Pss") for pid in pids]
    return sum(f[0] for f in found if f)


def rss(pid):
    return (sizes(f"/proc/{pid}/status", "VmRSS") or [0])[0]


def kernel_slab():
    return sizes("/proc/meminfo", "Slab")[0]
