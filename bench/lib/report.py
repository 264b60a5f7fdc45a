"""What a run leaves: a table for people, JSON for the next run."""

import json
import os
import subprocess
import time
from pathlib import Path

from . import machine
from .problem import Missing

BASELINE_HEAD = """# Baseline

Written by `bench/run --baseline FILE` from one run; not edited by hand. A result is the median of the rounds' own
ratios to the peer (or of values, where the unit is a size or a count), with the smallest and largest. Only rows whose
verdict is `pass` or `fail` say something; `noisy` and `not_measured` rows had others on the cores.

Commit {commit}, {time}, {cpu}, {cores} cores, Linux {kernel}. Load average {load[before]:.2f} before, {load[after]:.2f}
after. Kernel here: system call {costs[syscall_ns]} ns, page fault {costs[fault_ns]} ns, fork with exit
{costs[fork_us]} us.

| goal | what | peer | result | min..max | floor | ambition | verdict | toward the ambition |
|---|---|---|---|---|---|---|---|---|"""
RESULTS = Path(__file__).resolve().parents[1] / "results"
ROOT = RESULTS.parents[1]
BASELINE = RESULTS.parent / "BASELINE.md"


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
                "machine": machine.describe(self.costs), "build": machine.built_with(), "versions": machine.versions(),
                "load": {"before": self.before, "after": os.getloadavg()[0]},
                "goals": [r.as_json() for r in results]}

    def finish(self, results, file):
        found = self.as_json(results)
        file = file or RESULTS / f"{found['time'][:10]}-{found['commit']}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
        print(table(results))
        print(f"\n{file}")


def read_result(file):
    try:
        found = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as why:
        raise Missing(f"{file}: {why}") from why
    if found.get("schema") != 1 or "goals" not in found:
        raise Missing(f"{file} is not a result of this bench (schema 1)")
    return found


def cell(value, better=None):
    return ({"lower": "<= ", "higher": ">= ", None: ""}[better]) + short(value)


def baseline_row(g, toward):
    name = f"{g['id']} {g['part']}".strip()
    between = f"{short(g['min'])}..{short(g['max'])}" if g["rounds"] else "-"
    cells = [name, g["what"], g["peer"] or "-", short(g["median"]), between, cell(g["floor"], g["better"]),
             cell(g["ambition"], g["better"]), g["verdict"], toward]
    return "| " + " | ".join(cells).rstrip() + " |"


def baseline(found, toward):
    """The Markdown of BASELINE.md; toward[(id, part)]: what would bring a goal to its ambition."""
    m, load = found["machine"], found["load"]
    head = BASELINE_HEAD.format(commit=found["commit"], time=found["time"], load=load, **m)
    rows = [baseline_row(g, toward.get((g["id"], g["part"]), "")) for g in found["goals"]]
    notes = [f"- {g['id']} {g['part']}: {note}" for g in found["goals"] for note in g["notes"]]
    return "\n".join([head, *rows, "", "## Notes of the run", "", *(notes or ["- none"]), ""])


def write_baseline(file, goals):
    toward = {(g.id, g.part): g.toward for module in goals.values() for g in module.GOALS}
    BASELINE.write_text(baseline(read_result(file), toward), "utf-8")
    print(BASELINE)
    return 0


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
