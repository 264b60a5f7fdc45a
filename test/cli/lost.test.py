#!/usr/bin/python3
"""A PostgreSQL that is there and says nothing any more, as behind a cut wire: who asks how the store is hears it soon."""

import json
import os
import socket
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "http/lib"))
from story import Server, Tap, postgres, wait_until  # noqa: E402

SOCKET = ".s.PGSQL.5432"
# operations.md A4: deep answers within 2 s; twice that on a busy machine is still less than a store's own 5 s
DEEP_S = 4


class Wire:
    """Carries bytes between the program and PostgreSQL until it is cut; then it takes everything and carries nothing."""

    def __init__(self, target):
        self.folder, self.target, self.cut = tempfile.mkdtemp(prefix="ain-wire-"), target, False
        self.kept = []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(f"{self.folder}/{SOCKET}")
        self.listener.listen(64)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            near, _ = self.listener.accept()
            self.kept.append(near)
            if self.cut:
                continue
            far = socket.socket(socket.AF_UNIX)
            far.connect(f"{self.target}/{SOCKET}")
            self.kept.append(far)
            for pair in ((near, far), (far, near)):
                threading.Thread(target=self.carry, args=pair, daemon=True).start()

    def carry(self, source, sink):
        try:
            while data := source.recv(65536):
                if not self.cut:
                    sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def remove(self):
        os.remove(f"{self.folder}/{SOCKET}")
        os.rmdir(self.folder)


def deep(server):
    began = time.monotonic()
    with urllib.request.urlopen(f"http://{server.settings['ops.listen']}/health/deep", timeout=30) as answer:
        return json.load(answer), time.monotonic() - began


tap = Tap()
url = postgres().database()
wire = Wire(postgres().folder)
server = Server(engine="sqlite", demo=False, **{"db.url": url.replace(postgres().folder, wire.folder)})
migrated = server.run("migrate")
tap.same(migrated.returncode, 0, "the schema is made through the wire")
server.start("--role", "api,worker")
tap.same(deep(server)[0]["dependencies"]["database"]["state"], "up", "/health/deep says that the store is there")
wire.cut = True
answers = []


def told():
    """The answer of before is kept for 5 s."""
    answers.append(deep(server))
    return answers[-1][0]["dependencies"]["database"]["state"] == "down"


wait_until(told)
said, seconds = answers[-1]
tap.check(said["dependencies"]["database"]["state"] == "down" and "database" in said["degraded"],
          "and when it says nothing any more, that it is away", said)
tap.check(seconds < DEEP_S, "without waiting for the store", seconds)
server.kill()
wire.remove()
tap.done()
