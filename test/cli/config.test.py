#!/usr/bin/python3
"""Settings as an operator meets them: what is refused and how it is said, probing, reading again, the documents."""

import json
import signal
import sys
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "test/http/lib"))
from story import Server, Tap, wait_until  # noqa: E402

tap = Tap()
server = Server(demo=False)


def plain():
    """A server that has no setting of its own but those that keep two apart."""
    other = Server(demo=False)
    other.settings = {k: v for k, v in other.settings.items() if k in ("data", "log.format")}
    return other


# nonsense is refused with its key, its value and the shape that was wanted
bare = plain()
NONSENSE = [
    ("http.listen", "8080", "ADDRESS:PORT"), ("http.listen", "127.0.0.1:70000", "ADDRESS:PORT"),
    ("http.listen", "::1:80", "ADDRESS:PORT"), ("stream.listen", "nowhere:80", "ADDRESS:PORT"),
    ("ops.listen", "127.0.0.1", "ADDRESS:PORT"), ("db.url", "mysql://h/d", "sqlite:PATH"),
    ("db.url", "sqlite:", "sqlite:PATH"), ("instance.url", "school.example", "https://HOST"),
    ("instance.url", "https://school.example/app", "https://HOST"),
    ("http.trusted_proxies", "10.0.0.0/33", "networks"), ("http.trusted_proxies", "10.0.0.1,", "networks"),
    ("http.trusted_proxies", "proxy.example", "networks"), ("http.threads", "1000", "0 to 64"),
    ("log.level", "loud", "debug|info|warn|error"), ("http.conn_bytes", "1KiB", "8192 to 131072"),
    ("http.limits", "maybe", "on nor off"),
]
for key, value, shape in NONSENSE:
    answer = bare.run("check-config", "--set", f"{key}={value}")
    tap.check(answer.returncode == 2 and f"{key} = {value} " in answer.stderr and shape in answer.stderr,
              f"{key} = {value} is refused with the shape that is wanted", answer)
GOOD = [("http.listen", "[::1]:8443"), ("http.trusted_proxies", "10.0.0.0/8, ::1"), ("instance.url", "https://aula.example:8443"),
        ("db.url", "postgresql://ana@db.example/aula"), ("stream.listen", "")]
for key, value in GOOD:
    tap.same(bare.run("check-config", "--set", f"{key}={value}").returncode, 0, f"{key} = {value!r} is good")
hidden = bare.run("check-config", "--print", "--set", "db.url=postgresql://ana:hunter2@db.example/aula")  # secrets: invented
tap.check(hidden.returncode == 0 and "hunter2" not in hidden.stdout + hidden.stderr, "a password in db.url is not printed", hidden)
tap.same(bare.run("check-config", "--print", "--docs").returncode, 2, "one question at a time")

# probing
probe = bare.run("check-config", "--probe")
tap.check(probe.returncode == 0 and "is absent" in probe.stdout and "layers" in probe.stdout,
          "--probe of a fresh place says what is absent and what the sandbox gives", probe)
tap.same(sorted(p.name for p in Path(bare.settings["data"]).iterdir()), [], "and makes nothing")
tap.same(server.run("migrate").returncode, 0, "(a store is made)")
probe = server.run("check-config", "--probe")
tap.check(probe.returncode == 0 and "answers" in probe.stdout and "run ainative migrate" not in probe.stdout,
          "--probe says that the store answers and is migrated", probe)
broken = [server.run("check-config", "--probe", "--set", s) for s in (
    "db.url=postgresql://nobody@127.0.0.1:1/none?connect_timeout=2", "sandbox.program=/nowhere/ainative-sandbox",
    "store.min_free=1024GiB")]
tap.check(all(b.returncode == 2 and "FAILED" in b.stdout for b in broken),
          "a store or a sandbox that does not answer ends with 2 and says so", broken)
tap.check("sandbox    runs" in broken[0].stdout, "and the other lines are there all the same", broken[0])

# SIGHUP
conf = Path(server.folder) / "ainative.conf"
conf.write_text("log.level = error\njobs.drain_s = 3\n")
server.start("--config", str(conf))


def hup(words, has):
    conf.write_text(words)
    server.process.send_signal(signal.SIGHUP)
    return wait_until(lambda: has in Path(server.log).read_text(), 20)


def ops(path):
    with urllib.request.urlopen(f"http://{server.settings['ops.listen']}{path}", timeout=10) as answer:
        return answer.status, answer.read().decode()


tap.check(hup("log.level = info\n", '"event":"config.reloaded"'), "SIGHUP reads the level of the log again")
tap.check(hup("log.level = info\nhttp.idle_s = 80\n", '"event":"config.restart_needed","key":"http.idle_s"'),
          "what needs a restart is named")
tap.check(hup("log.level = loud\n", '"event":"config.reload_failed"'), "a bad file changes nothing and is said")
tap.check("ainative_config_reload_success 0" in ops("/metrics")[1], "and shows in the metrics")
tap.check(hup("log.level = warn\n", "config.reload_failed") and server.ready(), "the server goes on", server.process.poll())
tap.check(wait_until(lambda: "ainative_config_reload_success 1" in ops("/metrics")[1], 20), "the next good file is taken")

# deep health
status, text = ops("/health/deep")
deep = json.loads(text)
tap.check(status == 200 and deep["status"] == "ok" and deep["degraded"] == [], "/health/deep says that all is well", text)
parts = deep["dependencies"]
tap.check(parts["database"]["state"] == "up" and parts["database"]["migrated"] and parts["jobs"]["waiting"] == 0,
          "of the store and the queue", text)
tap.check("user" in parts["sandbox"]["layers"] and parts["sandbox"]["pool"] > 0, "and of the sandbox, with its layers", text)
tap.same(ops("/health/deep")[1], text, "asked again at once it says the same, without asking anybody")
try:
    urllib.request.urlopen(server.origin + "/health/deep", timeout=10)
    tap.check(False, "the public listener does not have it")
except urllib.error.HTTPError as refused:
    tap.same(refused.code, 404, "the public listener does not have it")
server.process.send_signal(signal.SIGHUP)
tap.same(server.stop(), 0, "and SIGTERM still ends it in order")

# documents
for name, words in (("config", ("check-config", "--docs")), ("metrics", ("metrics",))):
    path = ROOT / f"docs/{name}.md"
    tap.check(path.is_file() and server.run(*words).stdout == path.read_text(),
              f"docs/{name}.md is what `ainative {' '.join(words)}` prints", "print it again into the file")
tap.done()
