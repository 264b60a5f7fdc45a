#!/usr/bin/python3
"""What operators and authors type: settings, tables, judging and probing without a server."""

import json
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "test/http/lib"))
from story import Package, Server, Tap  # noqa: E402

tap = Tap()
server = Server(demo=False)
SLUG = "vuelto-del-kiosco"
EXERCISE = str(ROOT / "content/exercises" / SLUG)

# settings
good = server.run("check-config")
tap.same(good.returncode, 0, "a good configuration is good")
bad = server.run("check-config", "--set", "http.worker=3")
tap.check(bad.returncode == 2 and "http.workers" in bad.stderr, "an unknown key ends with 2 and names the nearest", bad)
bad = server.run("check-config", "--set", "http.workers=many")
tap.check(bad.returncode == 2 and "http.workers" in bad.stderr, "a value of the wrong kind is named", bad)
bad = server.run("check-config", "--set", "http.workers=100000")
tap.check(bad.returncode == 2 and "http.workers" in bad.stderr, "so is one out of range", bad)
bad = server.run("check-config", "--set", "env=prod")
tap.check(bad.returncode == 2 and "http.limits" in bad.stderr, "prod refuses to run without limits", bad)
printed = server.run("check-config", "--print")
tap.check(printed.returncode == 0 and server.settings["http.listen"] in printed.stdout, "--print shows what is in force",
          printed)
docs = server.run("check-config", "--docs")
tap.check(docs.returncode == 0 and all(word in docs.stdout for word in ("http.listen", "db.url", "jobs.lease_s")),
          "--docs tells of every setting")
with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
    file.write(server.run("check-config", "--sample").stdout)
    file.flush()
    tap.same(server.run("check-config", "--config", file.name).returncode, 0, "the sample is a good configuration")

# tables
routes = server.run("routes")
rows = [line.split() for line in routes.stdout.splitlines()]
tap.check(routes.returncode == 0 and len(rows) > 30 and all(len(r) >= 4 for r in rows), "routes prints the table")
spec = json.loads(server.run("openapi").stdout)
listed = {(r[0].lower(), r[1]) for r in rows}
described = {(method, path) for path, item in spec["paths"].items() for method in item
             if method in ("get", "post", "put", "patch", "delete")}
tap.check(spec["openapi"].startswith("3.1"), "openapi prints OpenAPI 3.1", spec.get("openapi"))
tap.same(sorted(p for _, p in listed - described if p.startswith("/api/")), [], "and describes every route of the API")
tap.same(server.run("nonsense").returncode, 2, "an unknown command ends with 2")
tap.same(server.run("--help").returncode, 0, "help ends with 0")
words = [line.split()[1] for line in server.run("--help").stdout.splitlines() if line.startswith("  ainative ")]
helps = {word: server.run(word, "--help") for word in words}
tap.check(len(words) > 10 and all(h.returncode == 0 and h.stdout.startswith(f"usage: ainative {word}") and not h.stderr
                                  for word, h in helps.items()), "every command tells how it is used", helps)
tap.same(server.run("sandbox", "check").returncode, 0, "the sandbox tells its layers")
wrong = {words[0]: server.run(*words, "--set", "no.such=1") for words in (
    ("sandbox", "check"), ("exercise", "check", SLUG), ("judge-batch", "--exercise", "x", "--programs", "x", "--jsonl", "x"),
    ("tutor-probe", "--exercise", "x", "--program", "x"), ("migrate",), ("serve",))}
tap.check(all(a.returncode == 2 and "no.such" in a.stderr for a in wrong.values()),
          "a wrong setting ends every command with 2 and is named", wrong)

# the store
plan = server.run("migrate", "--plan")
tap.check(plan.returncode == 0 and "to apply" in plan.stdout, "a fresh store has migrations to apply", plan)
tap.same(server.run("migrate").returncode, 0, "migrate applies them")
plan = server.run("migrate", "--plan")
tap.check(plan.returncode == 0 and "to apply" not in plan.stdout, "then none is left", plan)
first = server.run("user", "first-admin")
tap.check(first.returncode == 0 and "/setup?token=" in first.stdout, "first-admin prints a one-time link", first)
twice = [server.run("demo").returncode for _ in range(2)]
tap.same(twice, [0, 0], "demo can be run again")
production = Server(demo=False, env="prod", **{"http.limits": "on"})
master = Path(production.settings["data"]) / "master.key"
master.write_bytes(os.urandom(32))
master.chmod(0o600)
refused = production.run("demo")
tap.check(refused.returncode == 2 and "config.prod" in refused.stderr, "demo is refused in prod", refused)
recover = server.run("user", "recover", "docente@demo.example")
tap.check(recover.returncode == 0 and "/recover?token=" in recover.stdout, "recover prints a one-time link", recover)

# judging and probing
checked = server.run("exercise", "check", SLUG)
tap.same(checked.returncode, 0, "a package of the program passes its own check")
package = Package(SLUG)
with tempfile.TemporaryDirectory() as folder:
    programs = Path(folder) / "programs"
    for label, kind in (("correct", "solution"), ("wrong", "wrong")):
        (programs / label).mkdir(parents=True)
        for name, text in package.programs(kind).items():
            (programs / label / (name.split("/")[2] + ".py")).write_text(text)
    out = Path(folder) / "out.jsonl"
    judged = server.run("judge-batch", "--exercise", EXERCISE, "--programs", str(programs), "--jobs", "2", "--jsonl", str(out))
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    tap.same((judged.returncode, len(lines)), (0, len(package.programs("solution")) + len(package.programs("wrong"))),
             "judge-batch judges a folder of programs")
    tap.check(all((line["verdict"] == "accepted") == (line["label"] == "correct") for line in lines),
              "the correct ones are accepted, the wrong ones are not", lines)
    (programs / "correct" / "not.py").write_text("print('hola')\n")
    judged = server.run("judge-batch", "--exercise", EXERCISE, "--programs", str(programs), "--jsonl", str(out))
    tap.same(judged.returncode, 1, "a program that its folder calls correct and is not ends with 1")
    probe_file = Path(folder) / "main.py"
    probe_file.write_text(package.programs("wrong")["wrong/python/resto-sobre-el-total/main.py"])
    for lang in ("es", "en"):
        probe = server.run("tutor-probe", "--exercise", EXERCISE, "--program", str(probe_file), "--rung", "2", "--lang", lang,
                           "--json")
        said = json.loads(probe.stdout) if probe.returncode == 0 else {}
        tap.check(said.get("message") and said.get("passed", 9) < said.get("total", 0), f"tutor-probe says something in {lang}",
                  probe)
        leaks = [s for s in package.hidden()[1] if f"\n{s}" in said.get("message", "")]
        own = probe_file.read_text()
        leaks += [line for text in package.programs("solution").values() for line in text.splitlines()
                  if len(line.strip()) > 11 and line not in own and line.strip() in said.get("message", "")]
        tap.same(leaks, [], f"and nothing of the hidden tests or the reference in {lang}")
tap.same(server.run("tutor-probe").returncode, 2, "without its words it tells how it is used")
tap.done()
