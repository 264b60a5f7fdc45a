#!/usr/bin/python3
"""What stops a start, said in words an operator can act on at night."""

import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "http/lib"))
from story import Server, Tap, free_port, program  # noqa: E402

tap = Tap()
server = Server()


def start(**settings):
    """`serve` with other settings, which is expected to end by itself."""
    env = server.environment()
    for key, value in settings.items():
        env[("" if key == "ld_library_path" else "AINATIVE_") + key.upper()] = value
    try:
        return subprocess.run([program(), "serve"], env=env, capture_output=True, text=True, timeout=60, check=False)
    except subprocess.TimeoutExpired as late:
        return subprocess.CompletedProcess(late.cmd, 0, late.stdout, f"still serving: {late.stderr}")


def refused(answer, *words):
    return answer.returncode in (1, 2) and all(word in answer.stderr for word in words)


def mapped(pid):
    return Path(f"/proc/{pid}/maps").read_text(encoding="utf-8")


# one that serves
server.start()
tap.check("libsqlite3" in mapped(server.process.pid) and "libpq" not in mapped(server.process.pid),
          "a server with a SQLite store has not loaded the library of the other one")
second = start(http_listen=f"127.0.0.1:{free_port()}", ops_listen="")
tap.check(refused(second, "db.served", "PostgreSQL"), "a second process is not let into a SQLite file that is served", second)
tap.same(server.run("migrate", "--plan").returncode, 0, "a command may use it meanwhile")
server.kill()
tap.check(server.start().ready(), "after a kill the next start is let in")
server.stop()

# addresses
with socket.socket() as taken:
    taken.bind(("127.0.0.1", 0))
    taken.listen()
    port = taken.getsockname()[1]
    for key in ("http.listen", "ops.listen"):
        answer = start(**{key.replace(".", "_"): f"127.0.0.1:{port}"})
        tap.check(refused(answer, key, str(port), "in use"), f"a taken port is named with its setting, {key}", answer)

# PostgreSQL's library, in a place where it can't be loaded
with tempfile.TemporaryDirectory() as folder:
    Path(folder, "libpq.so.5").touch()
    answer = start(db_url="postgres://127.0.0.1:1/none", ld_library_path=folder)
tap.check(refused(answer, "db.library", "libpq5"), "without PostgreSQL's library a start names its package", answer)

# keys
key = Path(server.settings["data"]) / "master.key"
other = start(env="staging")
tap.check(refused(other, "config.env", "dev", "staging"), "a store of dev is not served as staging", other)
kept = key.read_bytes()
os.remove(key)
lost = start()
tap.check(refused(lost, "secret.key", "master.key"), "a store is not served with a master key it was not made with", lost)
os.remove(key)
key.write_bytes(kept)
key.chmod(0o600)
tap.same(server.start().stop(), 0, "with its own key back it is")
tap.done()
