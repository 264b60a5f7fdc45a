#!/usr/bin/python3
"""Where the tutor looks for the fault in the Socratic Debugging programs, and what it says about them.

Each bug of ../shared/data/socratic/bugs.json becomes an exercise package (one call test for each assertion) and
`ainative tutor-probe` is asked about the buggy program at every rung, in Spanish and English. The data lies beside the
project and is never copied into it; where it is absent the script says so and ends well.

Prints, as comments, a line for each bug and the rates: fault localisation top-1 and top-3 (a bug is found when one
of the lines its authors name is among the first 1 or 3 that the tutor ranks), replies with a question at rungs 0 to 2,
and leaks: a reply at rung 2 or below that quotes text which only the authors' fix contains. The rates have floors
(TOP1, TOP3), below which the test fails. Alone on two cores 0.68 and 0.79 are reached; the search for a repair has one
second of wall clock, so that beside other suites fewer are found, and the floors are what is left without any.
"""

import argparse
import ast
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "lib"))
from socratic_references import REFERENCES  # noqa: E402 (the folder is not a package)

DATA = Path(__file__).resolve().parents[3] / "shared/data/socratic/bugs.json"
TOP1, TOP3 = 0.35, 0.50
LANGUAGES, ASKING = ("es", "en"), (0, 1, 2)


def quoted(value):
    return json.dumps(value, ensure_ascii=False)


def literal(node):
    """The value of a literal as repr writes it, None when it isn't one."""
    try:
        return repr(ast.literal_eval(node))
    except ValueError:
        return None


def step(node):
    """A statement before the assertions as an expression over the student's names."""
    if isinstance(node, ast.Import):
        return f"({node.names[0].name} := __import__({node.names[0].name!r}))"
    target = node.targets[0]
    if isinstance(target, ast.Name):
        return f"({target.id} := {ast.unparse(node.value)})"
    return f"setattr({ast.unparse(target.value)}, {target.attr!r}, {ast.unparse(node.value)})"


def case(test, before):
    """(call, value) of one assertion; what came before it happens first."""
    value = literal(test.comparators[0]) if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Eq) else None
    call = ast.unparse(test.left) if value else ast.unparse(test)
    return f"[{', '.join(before + [call])}][-1]" if before else call, value or "True"


def cases(assertions):
    """One call test for each assertion. Names that are set make the later assertions depend on the earlier ones."""
    before, out = [], []
    for text in assertions:
        node = ast.parse(text).body[0]
        if not isinstance(node, ast.Assert):
            before.append(step(node))
            continue
        out.append(case(node.test, before))
        if before:
            before.append(ast.unparse(node.test))
    return out


def manifest(slug, bug):
    title = bug["id"].split("_", 2)[2].replace("_", " ")
    lines = ["format: 1", f"id: {slug}", f"title: {{es: {quoted(title)}, en: {quoted(title)}}}",
             "summary: {es: \"Socratic\", en: \"Socratic\"}", "kind: code", "languages: [python]",
             "difficulty: medium", "minutes: 30", "skills: [func.def]", "entry: main.py",
             "authors: [\"Socratic Debugging\"]", "license: CC-BY-4.0", "tests:"]
    for number, (call, value) in enumerate(cases(bug["unit_tests"]), 1):
        lines += [f"  - id: t{number}", f"    title: {{es: \"caso {number}\", en: \"case {number}\"}}",
                  "    kind: call", "    visibility: visible", f"    call: {quoted(call)}",
                  f"    value: {quoted(value)}", "    loose: true"]
    return "\n".join(lines) + "\n"


def wrap(bug, home):
    slug = "socratic-" + bug["id"].replace("_", "-")[:36].strip("-").lower()
    package = home / slug
    package.mkdir(parents=True)
    (package / "exercise.yaml").write_text(manifest(slug, bug), "utf-8")
    for language in LANGUAGES:
        (package / f"statement.{language}.md").write_text(bug["problem"] + "\n", "utf-8")
    reference = package / "solution/python/reference/main.py"
    reference.parent.mkdir(parents=True)
    reference.write_text(REFERENCES[bug["id"].split("_", 2)[2]].lstrip(), "utf-8")
    program = home / (slug + ".py")
    program.write_text(bug["bug_code"] + "\n", "utf-8")
    return package, program


def probe(ainative, package, program, language):
    """What the tutor says at rungs 0 to 3."""
    settings = {k: v for k, v in os.environ.items() if not k.startswith("AINATIVE_")}
    done = subprocess.run([ainative, "tutor-probe", "--exercise", str(package), "--program", str(program),
                           "--rung", "0-3", "--lang", language, "--json"],
                          env=settings, capture_output=True, text=True, timeout=120)
    if done.returncode not in (0, 1) or not done.stdout.strip():
        raise RuntimeError(f"{program.name}: tutor-probe ended with {done.returncode}: {done.stderr.strip()[:300]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def fix_texts(bug):
    """What the authors put in place: the quoted code of the fixes that the program and its tests don't hold."""
    known = re.sub(r"\s", "", bug["bug_code"] + "".join(bug["unit_tests"]) + bug["problem"])
    found = {part.strip() for part in re.findall(r"(?:with|insert|containing|to)[^`\n]*`([^`]+)`", bug["bug_fixes"])}
    return [part for part in found if len(part) > 3 and re.sub(r"\s", "", part) not in known]


def leaks(bug, said):
    bare = re.sub(r"[\s`]", "", said)
    return [part for part in fix_texts(bug) if re.sub(r"\s", "", part) in bare]


def look(ainative, bug, home):
    """One bug: where its line ranks (None: not ranked), and what is wrong with the replies."""
    package, program = wrap(bug, home)
    wrong, got = [], {}
    for language in LANGUAGES:
        for rung, got in enumerate(probe(ainative, package, program, language)):
            said = got["message"]
            if rung in ASKING and "?" not in said:
                wrong.append(f"no question at rung {rung} in {language}: {said}")
            if rung <= 2 and leaks(bug, said):
                wrong.append(f"leak at rung {rung} in {language}: {leaks(bug, said)}: {said}")
    ranked = [line["line"] for line in got["lines"]]
    places = [ranked.index(line) + 1 for line in bug["bug_lines"] if line in ranked]
    return {"place": min(places, default=None), "ranked": ranked, "wrong": wrong,
            "situation": got["situation"], "repair": got["repair"]}


def interval(hits, n):
    """Wilson's 95 % interval of a share."""
    z, p = 1.96, hits / n
    middle, half = p + z * z / (2 * n), z * ((p * (1 - p) + z * z / (4 * n)) / n) ** 0.5
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


def rate(name, hits, n):
    low, high = interval(hits, n)
    print(f"# {name}: {hits} of {n}, {hits / n:.1%} ({low:.1%} to {high:.1%})")
    return hits / n


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ainative", default=os.environ.get("AINATIVE_BIN") or "build/release/ainative")
    parser.add_argument("--only", help="a part of the bug's id")
    return parser.parse_args()


def report(bugs, seen):
    """Prints bugs and rates; returns the results of the three tests."""
    for bug in bugs:
        one = seen[bug["id"]]
        print(f"#   {bug['id']}: lines {bug['bug_lines']}, ranked {one['ranked'][:5]}, place {one['place'] or 'none'}, "
              f"{one['situation']}, repair {one['repair']}")
        for text in one["wrong"]:
            print(f"#     {text}")
    places = [one["place"] or 99 for one in seen.values()]
    wrong = [text for one in seen.values() for text in one["wrong"]]
    rate("verified repair", sum(one["repair"]["found"] for one in seen.values()), len(places))
    top1 = rate("top-1", sum(place <= 1 for place in places), len(places))
    top3 = rate("top-3", sum(place <= 3 for place in places), len(places))
    return [("the faulty line ranks as often first, and among the first three, as it did", top1 >= TOP1 and top3 >= TOP3),
            ("every reply at rungs 0 to 2 asks something", not any(text.startswith("no question") for text in wrong)),
            ("no reply up to rung 2 holds the authors' fix", not any(text.startswith("leak") for text in wrong))]


def main():
    options = arguments()
    if not DATA.exists():
        print("1..0 # SKIP ../shared/data/socratic is absent")
        return 0
    bugs = [bug for bug in json.loads(DATA.read_text("utf-8")) if not options.only or options.only in bug["id"]]
    empty = [bug["id"] for bug in bugs if not bug["bug_code"].strip()]
    print(f"# {len(bugs)} bugs, without code and left out: {empty}")
    bugs = [bug for bug in bugs if bug["id"] not in empty]
    with tempfile.TemporaryDirectory(prefix="socratic-") as home:
        seen = {bug["id"]: look(options.ainative, bug, Path(home)) for bug in bugs}
    results = report(bugs, seen)
    print(f"1..{len(results)}")
    for number, (name, good) in enumerate(results, 1):
        print(f"{'ok' if good else 'not ok'} {number} - {name}")
    return 0 if all(good for _, good in results) else 1


if __name__ == "__main__":
    sys.exit(main())
