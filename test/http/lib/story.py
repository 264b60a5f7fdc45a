"""What the stories share: TAP, a server with its own store, people with a browser's manners.

A story is a program that starts a Server, makes People and says with Tap.check what must be true.
Only the standard library. Whatever is started here ends with the program.
"""

import atexit
import glob
import http.client
import json
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
ENGINE = os.environ.get("AINATIVE_TEST_ENGINE") or "sqlite"
PASSWORD = "demo-ainative"
START_S = 60


def program():
    """The program to test."""
    path = os.environ.get("AINATIVE_BIN") or str(ROOT / "build/release/ainative")
    if not os.access(path, os.X_OK):
        print(f"Bail out! {path} is not there; set AINATIVE_BIN")
        sys.exit(1)
    return path


class Tap:
    """Test Anything Protocol: one line for each sentence that was checked."""

    def __init__(self):
        self.number = 0
        self.failed = 0

    def check(self, true, sentence, detail=""):
        self.number += 1
        if not true:
            self.failed += 1
        print(f"{'ok' if true else 'not ok'} {self.number} - {sentence}")
        if not true and detail != "":
            print("# " + str(detail)[:1500].replace("\n", "\n# "))
        sys.stdout.flush()
        return bool(true)

    def same(self, found, expected, sentence):
        return self.check(found == expected, sentence, f"expected {expected!r}, found {found!r}")

    def skip(self, sentence, why):
        self.number += 1
        print(f"ok {self.number} - {sentence} # SKIP {why}")

    def done(self):
        print(f"1..{self.number}")
        sys.exit(1 if self.failed else 0)


def skip_all(why):
    print(f"1..0 # SKIP {why}")
    sys.exit(0)


def uuid7():
    """A UUID of version 7, as the browser makes its event ids."""
    bits = (int(time.time() * 1000) << 80) | secrets.randbits(80)
    bits = bits & ~(0xF << 76) | (7 << 76)
    bits = bits & ~(3 << 62) | (2 << 62)
    text = f"{bits:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def now_us():
    return int(time.time() * 1_000_000)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_until(condition, seconds=30, step=0.05):
    """The first true value of condition(), or its last false one."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value or time.monotonic() > end:
            return value
        time.sleep(step)


# --- PostgreSQL ---


class Postgres:
    """One server on a Unix socket in a temporary folder; the program connects as a plain role."""

    def __init__(self):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"))
        if not found:
            skip_all("PostgreSQL is not installed (package postgresql)")
        self.bin = os.path.dirname(found[-1])
        self.folder = tempfile.mkdtemp(prefix="ain-pg-")
        self.drop = []
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self.drop = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups",
                         "--pdeathsig=INT", "--"]
        self.server = None
        self.databases = 0
        atexit.register(self.stop)
        self.start()

    def start(self, *words):
        data = self.folder + "/data"
        subprocess.run(self.drop + [self.bin + "/initdb", "-D", data, "-A", "trust", "-U", "postgres",
                                    "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
                       check=True, stdout=subprocess.DEVNULL, cwd="/")
        log = open(self.folder + "/log", "ab")
        self.server = subprocess.Popen(
            self.drop + [self.bin + "/postgres", "-D", data, "-k", self.folder, "-c", "listen_addresses=",
                         "-c", "shared_buffers=32MB", "-c", "max_connections=80"],
            stdout=log, stderr=log, cwd="/")
        ready = wait_until(lambda: self.sql("SELECT 1", quiet=True) == 0, 30)
        if not ready:
            print("Bail out! PostgreSQL does not start")
            sys.exit(1)
        self.sql("CREATE ROLE ainative LOGIN NOSUPERUSER NOBYPASSRLS")

    def sql(self, text, quiet=False):
        return subprocess.run([self.bin + "/psql", "-X", "-q", "-h", self.folder, "-U", "postgres",
                               "-v", "ON_ERROR_STOP=1", "-c", text, "postgres"], cwd="/",
                              stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL if quiet else None, check=False).returncode

    def database(self):
        """A new empty database; its libpq text."""
        self.databases += 1
        name = f"story{self.databases}"
        self.sql(f"CREATE DATABASE {name} OWNER ainative TEMPLATE template0")
        return f"host={self.folder} user=ainative dbname={name}"

    def stop(self):
        if self.server:
            self.server.send_signal(signal.SIGINT)
            self.server.wait()
            self.server = None
        shutil.rmtree(self.folder, ignore_errors=True)


_postgres = []


def postgres():
    if not _postgres:
        _postgres.append(Postgres())
    return _postgres[0]


# --- the program ---


class Server:
    """`ainative serve` on a free port, with its own data folder or database."""

    def __init__(self, engine=ENGINE, demo=True, **settings):
        self.folder = tempfile.mkdtemp(prefix="ain-story-")
        self.port = free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        self.settings = {"http.listen": f"127.0.0.1:{self.port}", "data": self.folder + "/data",
                         "ops.listen": f"127.0.0.1:{free_port()}", "log.format": "json",
                         "http.limits": "off", **settings}
        if engine == "pg":
            self.settings["db.url"] = postgres().database()
        os.mkdir(self.folder + "/data", 0o700)
        self.log = self.folder + "/log"
        self.process = None
        atexit.register(self.remove)
        if demo:
            result = self.run("demo")
            if result.returncode:
                print("Bail out! demo: " + (result.stderr + result.stdout).strip().replace("\n", " | "))
                sys.exit(1)

    def environment(self):
        env = {k: v for k, v in os.environ.items() if not k.startswith("AINATIVE_")}
        for key, value in self.settings.items():
            env["AINATIVE_" + key.replace(".", "_").upper()] = value
        return env

    def run(self, *words, timeout=120, text=True):
        """One command of the program with this server's settings."""
        return subprocess.run([program(), *words], env=self.environment(), capture_output=True,
                              text=text, timeout=timeout, check=False)

    def start(self, *words):
        out = open(self.log, "ab")
        self.process = subprocess.Popen([program(), "serve", *words], env=self.environment(), stdout=out,
                                        stderr=out, start_new_session=True)
        if not wait_until(self.ready, START_S):
            print("Bail out! the server does not start: " + self.tail().replace("\n", " | "))
            sys.exit(1)
        return self

    def ready(self):
        if self.process.poll() is not None:
            return False
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            connection.request("GET", "/health/ready")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def stop(self):
        """As an operator does; the exit code."""
        if not self.process:
            return None
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.kill()
            return None
        finally:
            self.process = None

    def kill(self):
        """As a power cut does: the server and its boxes, at once."""
        if self.process:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.process.wait()
            self.process = None

    def tail(self, lines=15):
        return "\n".join(Path(self.log).read_text("utf-8", "replace").splitlines()[-lines:])

    def remove(self):
        self.kill()
        if os.environ.get("AINATIVE_KEEP"):
            print(f"# kept: {self.folder}")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    def login(self, email, password=PASSWORD):
        person = Person(self)
        answer = person.post("/auth/login", {"email": email, "password": password})
        if answer.status != 200:
            print(f"Bail out! {email} cannot sign in: {answer.status} {answer.text[:300]}")
            sys.exit(1)
        person.user = answer.json["user"]
        return person


# --- people ---


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.text = body.decode("utf-8", "replace")
        try:
            self.json = json.loads(self.text) if body else None
        except ValueError:
            self.json = None

    @property
    def code(self):
        """The code word of a problem."""
        return self.json.get("code") if isinstance(self.json, dict) else None

    @property
    def fields(self):
        return {f["path"]: f["code"] for f in self.json.get("fields", [])} if self.json else {}

    @property
    def etag(self):
        return self.headers.get("ETag")

    def __repr__(self):
        return f"{self.status} {self.text[:700]}"


class Event:
    """One event of a stream."""

    def __init__(self, name, data, number):
        self.name = name
        self.data = data
        self.number = number

    def __repr__(self):
        return f"{self.name}{self.data}"


class Person:
    """A browser: keeps its cookie, sends what the app sends, remembers every body it was shown."""

    def __init__(self, server):
        self.server = server
        self.cookie = None
        self.user = None
        self.seen = []
        self.connection = None

    def headers(self, method, extra):
        headers = {"Accept": "application/json"}
        if self.cookie:
            headers["Cookie"] = "__Host-sid=" + self.cookie
        if method != "GET":
            headers["X-Requested-By"] = "ainative"
            headers["Origin"] = self.server.origin
        headers.update(extra)
        return {k: v for k, v in headers.items() if v is not None}

    def send(self, method, path, body, headers):
        """Over the open connection, or a new one when the server closed it meanwhile."""
        fresh = self.connection is None
        if fresh:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        try:
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
            return response, response.read()
        except (http.client.HTTPException, OSError):
            self.connection.close()
            self.connection = None
            if fresh or method != "GET":
                raise
            return self.send(method, path, body, headers)

    def call(self, method, path, body=None, idem=None, if_match=None, headers=None):
        """`body`: anything JSON can say, or bytes as they are. `path` below /api/v1 unless whole."""
        extra = dict(headers or {})
        if idem:
            extra["Idempotency-Key"] = idem
        if if_match is not None:
            extra["If-Match"] = if_match if str(if_match).startswith('"') else f'"{if_match}"'
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body, ensure_ascii=False).encode()
        if body is not None:
            extra.setdefault("Content-Type", "application/json")
        whole = path if path.startswith(("/api/", "/health", "/openapi")) else "/api/v1" + path
        response, data = self.send(method, whole, body, self.headers(method, extra))
        if response.headers.get("Connection", "").lower() == "close":
            self.connection.close()
            self.connection = None
        for value in response.headers.get_all("Set-Cookie") or []:
            match = re.match(r"__Host-sid=([^;]*)", value)
            if match:
                self.cookie = match.group(1) or None
        answer = Answer(response.status, response.headers, data)
        self.seen.append((f"{method} {whole}", answer.text))
        return answer

    def get(self, path, **kw):
        return self.call("GET", path, **kw)

    def post(self, path, body=None, **kw):
        return self.call("POST", path, body, **kw)

    def put(self, path, body=None, **kw):
        return self.call("PUT", path, body, **kw)

    def patch(self, path, body=None, **kw):
        return self.call("PATCH", path, body, **kw)

    def delete(self, path, **kw):
        return self.call("DELETE", path, **kw)

    def stream(self, path, last_id=None, timeout=60):
        """Opens an event stream; gives its events one by one until the server ends it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=timeout)
        whole = path if path.startswith("/api/") else "/api/v1" + path
        extra = {"Accept": "text/event-stream"}
        if last_id is not None:
            extra["Last-Event-ID"] = str(last_id)
        connection.request("GET", whole, None, self.headers("GET", extra))
        return Stream(self, whole, connection, connection.getresponse())

    def follow(self, path, until="done", **kw):
        """All events up to the first named `until`."""
        events = []
        with self.stream(path, **kw) as stream:
            for event in stream:
                events.append(event)
                if event.name == until:
                    break
        return events


class Stream:
    def __init__(self, person, path, connection, response):
        self.person = person
        self.path = path
        self.connection = connection
        self.response = response
        self.status = response.status

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.response.close()
        self.connection.close()

    def __iter__(self):
        if self.status != 200:
            return
        name, data, number = "message", [], None
        while True:
            try:
                line = self.response.readline()
            except (OSError, http.client.HTTPException):
                return
            if not line:
                return
            line = line.decode("utf-8", "replace").rstrip("\r\n")
            if not line:
                if data:
                    text = "\n".join(data)
                    self.person.seen.append(("SSE " + self.path, text))
                    yield Event(name, json.loads(text), number)
                name, data = "message", []
            elif line.startswith("event:"):
                name = line[6:].strip()
            elif line.startswith("data:"):
                data.append(line[5:].removeprefix(" "))
            elif line.startswith("id:"):
                number = line[3:].strip()

    def next_named(self, *names):
        """The next event with one of these names, None at the end or after the stream's timeout."""
        for event in self:
            if event.name in names:
                return event
        return None


# --- the student at work ---


def utf16(text):
    return len(text.encode("utf-16-le")) // 2


class Editor:
    """The student's editor: a draft in one file, and the numbered events that tell of its edits."""

    def __init__(self, person, session, text):
        self.person = person
        self.session = session
        self.text = text
        self.rev = 0
        self.client = secrets.token_hex(8)
        self.next = 1
        self.waiting = []

    def edit(self, at, deleted, inserted, origin="typed"):
        """Replaces `deleted` characters at `at`; positions are those of Python text."""
        before = self.text
        self.text = before[:at] + inserted + before[at + deleted:]
        change = [utf16(before[:at]), utf16(before[at:at + deleted]), utf16(inserted)]
        self.add("code_edited",
                 {"file": 0, "base_rev": self.rev, "rev": self.rev + 1, "origin": origin,
                  "changes": [change], "keys": 1, "len_after": utf16(self.text), "span_ms": 120},
                 {"inserted": [inserted]})
        self.rev += 1

    def replace_all(self, text, origin="typed"):
        self.edit(0, len(self.text), text, origin)

    def add(self, kind, payload, text=None):
        event = {"event_id": uuid7(), "type": kind, "client_at": now_us(), "payload": payload}
        if text is not None:
            event["text"] = text
        self.waiting.append(event)
        return event["event_id"]

    def batch(self):
        """What would be sent now."""
        return {"client": self.client, "first": self.next, "client_now": now_us(), "events": self.waiting}

    def send(self):
        sent = self.batch()
        answer = self.person.post(f"/sessions/{self.session}/events", sent)
        if answer.status == 200:
            self.next += len(sent["events"])
            self.waiting = []
        return answer


def exercise_named(person, slug):
    """The card of one exercise of the program."""
    for card in person.get("/exercises").json["items"]:
        if card["slug"] == slug:
            return card
    print(f"Bail out! no exercise {slug}")
    sys.exit(1)


def key():
    """A fresh idempotency key."""
    return uuid7()


class Package:
    """What of an exercise package a student must never see. The format is YAML of a plain kind; only
    the few lines needed here are read."""

    def __init__(self, slug):
        self.folder = ROOT / "content/exercises" / slug
        self.manifest = (self.folder / "exercise.yaml").read_text()

    def hidden(self):
        """(titles, inputs, expected) of the hidden tests."""
        titles, inputs, expected = [], [], []
        tests = self.manifest.split("\ntests:\n", 1)[1].split("\nhints:\n", 1)[0]
        for block in re.split(r"\n?  - id: ", tests)[1:]:
            if "visibility: hidden" not in block:
                continue
            titles += re.findall(r'"((?:[^"\\]|\\.)*)"', re.search(r"title: (.*)", block).group(1))
            for name, into in (("stdin", inputs), ("call", inputs), ("expected", expected)):
                found = re.search(rf'^    {name}: (".*")$', block, re.M)
                if found:
                    into.append(json.loads(found.group(1)))
        return titles, inputs, expected

    def programs(self, kind):
        """The texts below solution/ or wrong/."""
        return {str(p.relative_to(self.folder)): p.read_text()
                for p in sorted((self.folder / kind).rglob("*.py"))}


def strings_in(value):
    """Every text of a JSON value, keys left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from strings_in(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings_in(item)


def seen_texts(person):
    """(where, text): what this person was ever shown, decoded."""
    for where, body in person.seen:
        try:
            for text in strings_in(json.loads(body)):
                yield where, text
        except ValueError:
            yield where, body
