"""The contestants: our program, nginx, a Python program under uvicorn."""

import http.client
import json
import os
import shutil
import socket
import string
import subprocess
import time
from pathlib import Path

from .command import run_quietly
from .memory import pss
from .problem import Missing, Void

BUILD = Path(__file__).resolve().parents[2] / "build/release"
PASSWORD = "demo-ainative"
PEERS = Path(__file__).resolve().parents[1] / "peers"
LIVE = b'{"status":"ok"}'
START_S = 60
STEADY_S, STEADY_BYTES = 0.5, 256 * 1024
SERVER_CPU = 0


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body)


class Server:
    """Something that answers on a port of 127.0.0.1."""

    def __init__(self, name, group, port):
        self.name = name
        self.group = group
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.ops_url = self.stream_url = self.stream_port = None
        self.data = self.database = None
        self.log = None
        self.process = None
        self.up_after_s = 0.0

    def request(self, method, path, body=None, headers=None):
        """One request on a connection of its own."""
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        sent = {"Accept": "application/json", **(headers or {})}
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
        if method != "GET":
            sent.update({"X-Requested-By": "ainative", "Origin": self.url})
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, sent)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def sign_in(self, email, password=PASSWORD):
        """The Cookie header of somebody signed in."""
        answer = self.request("POST", "/api/v1/auth/login", {"email": email, "password": password})
        if answer.status != 200:
            raise Void(f"{email} cannot sign in: {answer.status} {answer.body[:200]}")
        return answer.headers["Set-Cookie"].split(";")[0]

    @property
    def pids(self):
        return self.group.pids()

    def wait_until_up(self, path, began):
        while not self.up(path):
            if self.process.poll() is not None or time.monotonic() > began + START_S:
                raise Missing(f"{self.name} does not start: {self.tail()}")
            time.sleep(0.001)
        self.up_after_s = time.monotonic() - began
        return self

    def settle(self):
        """Waits until it is ready and what it does after its start is done."""
        until, before = time.monotonic() + START_S, 0
        while not self.up("/health/ready") or abs(pss(self.pids) - before) > STEADY_BYTES:
            if time.monotonic() > until:
                raise Missing(f"{self.name} does not settle: {self.tail()}")
            before = pss(self.pids)
            time.sleep(STEADY_S)
        return self

    def up(self, path):
        try:
            return self.request("GET", path).status == 200
        except (OSError, http.client.HTTPException):
            return False

    def tail(self):
        return Path(self.log).read_text("utf-8", "replace")[-800:] if self.log else ""

    def stop(self):
        self.group.stop()


def started(bench, made, argv, path, env=None):
    made.log = str(bench.work / f"{made.name}-{made.port}.log")
    began = time.monotonic()
    with open(made.log, "ab") as out:
        made.process = made.group.spawn(argv, SERVER_CPU, stdout=out, stderr=out, env=env)
    return made.wait_until_up(path, began)


# ---- our own ----


def settings(conf):
    kept = {k: v for k, v in os.environ.items() if not k.startswith("AINATIVE_")}
    return kept | {"AINATIVE_" + key.replace(".", "_").upper(): value for key, value in conf.items()}


def demo_folder(bench, conf):
    """A data folder with the demo course; made once a run, copied for each server."""
    if bench.served is None:
        folder = bench.work / "demo"
        folder.mkdir(mode=0o700)
        run_quietly([str(BUILD / "ainative"), "demo"], env=settings({**conf, "data": str(folder)}))
        bench.served = folder
    return bench.served


def start_ainative(bench, conf, env, demo):
    program = BUILD / "ainative"
    if not program.exists():
        raise Missing(f"{program} was not built: ./dev bench builds it")
    made = Server("ainative", bench.accounting.group("ainative"), free_port())
    data = bench.work / f"data-{made.port}"
    ops, stream = free_port(), free_port()
    made.ops_url, made.stream_url = f"http://127.0.0.1:{ops}", f"http://127.0.0.1:{stream}"
    made.stream_port = stream
    made.data, made.database = data, data / "ainative.db"
    conf = {"http.listen": f"127.0.0.1:{made.port}", "ops.listen": f"127.0.0.1:{ops}",
            "stream.listen": f"127.0.0.1:{stream}", "http.limits": "off", "log.level": "warn",
            "log.format": "json", "data": str(data), **conf}
    if demo:
        shutil.copytree(demo_folder(bench, {"log.level": "warn"}), data)
    else:
        data.mkdir(mode=0o700)
    return started(bench, made, [str(program), "serve"], "/health/live", settings(conf) | env)


def start_program(bench, name, words):
    """A C program of bench/ that prints its port."""
    made = Server(name, bench.accounting.group(name), 0)
    made.log = str(bench.work / f"{name}-{time.monotonic_ns()}.log")
    with open(made.log, "ab") as out:
        made.process = made.group.spawn([bench.program(name), *words], SERVER_CPU, stdout=subprocess.PIPE,
                                        stderr=out, text=True)
    made.port = int(made.process.stdout.readline() or 0)
    if not made.port:
        raise Missing(f"{name} does not start: {made.tail()}")
    made.url = f"http://127.0.0.1:{made.port}"
    return made.wait_until_up("/health/live", time.monotonic())


# ---- peers ----


def start_nginx(bench, name, files, values):
    bench.need("nginx", "nginx")
    made = Server("nginx", bench.accounting.group("nginx"), free_port())
    folder = bench.work / f"nginx-{made.port}"
    folder.mkdir()
    folder.chmod(0o755)
    bench.work.chmod(0o755)
    for path, content in {"health/live": LIVE, **files}.items():
        file = folder / "files" / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    text = string.Template((PEERS / name).read_text("utf-8"))
    filled = text.safe_substitute(port=made.port, folder=folder, **values)
    (folder / "nginx.conf").write_text(filled, "utf-8")
    made.data = folder
    argv = ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]
    return started(bench, made, argv, "/health/live")


def start_python(bench, file, env):
    bench.need("uvicorn", "uvicorn python3-fastapi python3-uvloop python3-httptools")
    made = Server(Path(file).stem, bench.accounting.group(Path(file).stem), free_port())
    argv = ["uvicorn", f"{Path(file).stem}:app", "--app-dir", str(PEERS), "--port", str(made.port),
            "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]
    return started(bench, made, argv, "/health/live", os.environ | {k: str(v) for k, v in env.items()})
