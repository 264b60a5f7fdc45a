#!/usr/bin/python3
"""Judges the student programs of the NUS Refactory data with `ainative judge-batch`.

Each question becomes an exercise package in a temporary folder: one call test for each pair
ans/input_NNN.txt, ans/output_NNN.txt (a Python expression and the literal it must give). When
the question has code/global.py, it stands before every program, as the course did it. The data
lies beside the project (../shared/data/nus-refactory) and is never copied into it; where it is absent
the script says so and ends well.

A seeded sample of SAMPLE programs is judged, spread over both questions and all labels by their size; all of
them with --full or AINATIVE_TEST_FULL (`./dev test content --full`), which takes minutes.

Prints the counts of judge-batch and, for every disagreement, what is known about it, as TAP.  A correct
program that is not accepted fails the test, and so does a wrong one that is accepted without a known cause.
"""

import argparse
import ast
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

DATA = Path(__file__).resolve().parents[3] / "shared/data/nus-refactory"
BANNED = {"sort", "sorted"}
LABELS = ("correct", "wrong", "fail")
SAMPLE, SEED = 300, 2  # 300 of 2160 programs; the same ones in every run, so that a red run is about the change


def text(path):
    return path.read_text("utf-8", "replace").replace("\r\n", "\n")


def quoted(value):
    return json.dumps(value, ensure_ascii=False)


def cases(question):
    """(number, call, expected literal) in order."""
    for given in sorted((question / "ans").glob("input_*.txt")):
        number = given.stem.split("_")[1]
        yield number, text(given).strip(), text(question / "ans" / f"output_{number}.txt").strip()


def manifest(slug, question):
    title = text(question / "description.txt").splitlines()[0][:60].replace("Task: ", "")
    lines = ["format: 1", f"id: {slug}", f"title: {{es: {quoted(title)}, en: {quoted(title)}}}",
             "summary: {es: \"NUS Refactory\", en: \"NUS Refactory\"}", "kind: code", "languages: [python]",
             "difficulty: medium", "minutes: 30", "skills: [search.linear]", "entry: main.py",
             "authors: [\"NUS\"]", "license: MIT", "tests:"]
    for number, call, value in cases(question):
        lines += [f"  - id: t{number}", f"    title: {{es: \"caso {number}\", en: \"case {number}\"}}",
                  "    kind: call", "    visibility: visible", f"    call: {quoted(call)}",
                  f"    value: {quoted(value)}",
                  "    loose: true"]  # the labels were given by Python's ==, where False is 0
    return "\n".join(lines) + "\n"


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, "utf-8")


def programs_of(question):
    """Every program with its label, sorted."""
    return [(label, path) for label in LABELS for path in sorted((question / "code" / label).glob("*.py"))]


def chosen(numbers, full, seed):
    """The programs to judge of each question: all, or the sample's share."""
    every = {n: programs_of(DATA / f"question_{n}") for n in (1, 2)}
    if full:
        return {n: every[n] for n in numbers}
    pool = [(n, one) for n, ones in every.items() for one in ones]
    picked = random.Random(seed).sample(pool, min(SAMPLE, len(pool)))
    return {n: sorted(one for m, one in picked if m == n) for n in numbers}


def wrap(question, chosen_programs, home):
    """The package and the programs, each with the course's global part in front."""
    slug = question.name.replace("_", "-")
    package, programs = home / slug, home / (slug + "-programs")
    shared = question / "code/global.py"
    head = text(shared) + "\n" if shared.exists() else ""
    reference = sorted((question / "code/reference").glob("*.py"))[0]
    write(package / "exercise.yaml", manifest(slug, question))
    write(package / "statement.es.md", text(question / "description.txt"))
    write(package / "statement.en.md", text(question / "description.txt"))
    write(package / "solution/python/reference/main.py", head + text(reference))
    for label, program in chosen_programs:
        write(programs / label / program.name, head + text(program))
    return package, programs


def calls_of(source):
    """Names called as functions or methods."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return set()
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            found.add(getattr(node.func, "id", getattr(node.func, "attr", "")))
    return found


def cause(row, source):
    """Why a label and the tests disagree, when that is known."""
    if row["label"] in ("wrong", "fail") and row["verdict"] == "accepted":
        if calls_of(source) & BANNED:
            return "passes every test, but sorts with a built-in that the course had banned"
        if "fromkeys" in calls_of(source):
            return "passes every test; removes repetitions with OrderedDict.fromkeys, not allowed in the course"
        return ""
    return ""


def explain(rows, programs):
    """Prints each disagreement; returns how many have no known cause."""
    open_cases = 0
    for row in rows:
        accepted = row["verdict"] == "accepted"
        if "label" not in row or accepted == (row["label"] == "correct"):
            continue
        why = cause(row, text(programs / row["program"]))
        open_cases += not why
        print(f"#   {row['program']}: {row['verdict']} ({row['passed']}/{row['total']}"
              f"{', first ' + row['first_failed'] if 'first_failed' in row else ''}): {why or 'NO KNOWN CAUSE'}")
    return open_cases


def judge(ainative, question, chosen_programs, home, jobs):
    package, programs = wrap(question, chosen_programs, home)
    out = home / (question.name + ".jsonl")
    settings = {k: v for k, v in os.environ.items() if not k.startswith("AINATIVE_")}
    done = subprocess.run([ainative, "judge-batch", "--exercise", str(package), "--programs", str(programs),
                           "--jobs", str(jobs), "--jsonl", str(out)], env=settings, capture_output=True, text=True)
    print("# " + (done.stdout + done.stderr).strip().replace("\n", "\n# "))
    if done.returncode not in (0, 1):  # 1: there are disagreements, which are looked at below
        return 1
    rows = sorted((json.loads(line) for line in text(out).splitlines()), key=lambda row: row["program"])
    expected = len(chosen_programs)
    print(f"# {question.name}: {len(rows)} of {expected} programs judged; disagreements:")
    return explain(rows, programs) + (len(rows) != expected)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ainative", default=os.environ.get("AINATIVE_BIN") or "build/release/ainative")
    parser.add_argument("--question", type=int, choices=[1, 2], action="append", help="only this one (repeatable)")
    parser.add_argument("--full", action="store_true", default=bool(os.environ.get("AINATIVE_TEST_FULL")),
                        help="every program instead of the sample")
    parser.add_argument("--seed", type=int, default=SEED, help=f"of the sample ({SEED})")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2, help="programs at once (one for each CPU)")
    parser.add_argument("--out", type=Path, help="keep packages and results here")
    return parser.parse_args()


def main():
    options, failed = arguments(), 0
    numbers = options.question or [1, 2]
    print(f"1..{len(numbers)}")
    programs = chosen(numbers, options.full, options.seed)
    for i, number in enumerate(numbers, 1):
        question = DATA / f"question_{number}"
        which = "all programs" if options.full else f"{len(programs[number])} sampled programs"
        name = f"every label of NUS question {number} is met ({which})"
        if not programs[number]:
            print(f"ok {i} - {name} # SKIP ../shared/data/nus-refactory is absent")
            continue
        with tempfile.TemporaryDirectory(prefix="nus-") as temporary:
            bad = judge(options.ainative, question, programs[number], options.out or Path(temporary), options.jobs)
        failed += bad > 0
        print(f"{'not ok' if bad else 'ok'} {i} - {name}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
