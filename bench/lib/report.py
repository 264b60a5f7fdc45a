"""What a run leaves: a table for people, JSON for the next run."""

import json
import os
import subprocess
import time
from pathlib import Path

from . import machine

RESULTS = Path(__file__).resolve().parents[1] / "results"
ROOT = RESULTS.parents[1]


def command(*argv):
    done = subprocess.run(argv, capture_output=True, text=True, check=False, cwd=ROOT)
    return (done.stdout or done.stderr).strip()


def list_goals(goals):
    for module in goals.values():
        for g in module.GOALS:
            print(f"{g.name:10} {g.what}; peer: {g.peer or 'none'}; floor {bar(g)}")


def bar(goal, ambition=False):
    return ("<= " if goal.better == "lower" else ">= ") + short(goal.ambition if ambition else goal.floor)


def short(value):
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


class Run:
    def __init__(self, bench):
        self.bench = bench
        self.before = os.getloadavg()[0]
        self.time = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        self.costs = machine.costs(bench)

    def as_json(self, results):
        return {"schema": 1, "commit": command("git", "rev-parse", "--short=12", "HEAD"), "time": self.time,
                "machine": machine.describe(self.costs), "load": {"before": self.before, "after": os.getloadavg()[0]},
                "goals": [r.as_json() for r in results]}

    def finish(self, results, file):
        found = self.as_json(results)
        file = file or RESULTS / f"{found['time'][:10]}-{found['commit']}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
        print(table(results))
        print(f"\n{file}")


def table(results):
    head = ("goal", "ours", "peer", "result", "min..max", "floor", "ambition", "verdict")
    rows = [head] + [row(r) for r in results]
    widths = [max(len(r[i]) for r in rows) for i in range(len(head))]
    lines = ["  ".join(cell.ljust(w) for cell, w in zip(r, widths)).rstrip() for r in rows]
    return "\n".join(lines + [""] + [f"{r.goal.name}: {note}" for r in results for note in r.notes])


def middle(result, name):
    values = sorted(r[name] for r in result.rounds if r[name] is not None)
    return short(values[len(values) // 2]) if values else "-"


def row(r):
    g = r.goal
    between = f"{short(r.min)}..{short(r.max)}" if r.rounds else "-"
    return (g.name, middle(r, "ours"), middle(r, "peer"), short(r.median), between, bar(g), bar(g, True), r.verdict)
