#!/usr/bin/python3
"""The open-loop generator against a live server that misbehaves on purpose. Prints TAP."""

import http.server
import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILDS = [ROOT / "build" / name / "bench/openloop" for name in ("asan", "release")]


def generator():
    """The generator of the build that ./dev names, else the newest that was built, or None."""
    if os.environ.get("AINATIVE_BUILD"):
        return Path(os.environ["AINATIVE_BUILD"]) / "bench/openloop"
    built = [path for path in BUILDS if os.access(path, os.X_OK)]
    return max(built, key=lambda path: path.stat().st_mtime) if built else None


class Handler(http.server.BaseHTTPRequestHandler):
    """/same answers always alike; the other paths are each wrong in one way."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16
    lock = threading.Lock()
    seen = 0

    def log_message(self, *_):
        pass

    def do_GET(self):
        with Handler.lock:
            Handler.seen += 1
            number = Handler.seen
        getattr(self, "get_" + self.path[1:])(number)

    def answer(self, body, status=200, close=False):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if close:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def get_same(self, _):
        self.answer(b"always the same")

    def get_close(self, _):
        self.answer(b"always the same", close=True)

    def get_other(self, number):
        self.answer(b"%09d" % number)

    def get_longer(self, number):
        self.answer(b"x" * (10 if number < 30 else 11))

    def get_broken(self, number):
        self.answer(b"no", 500 if number == 20 else 200)

    def get_cut(self, number):
        if number != 20:
            return self.answer(b"whole")
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwh")
        self.close_connection = True

    def get_stall(self, number):
        if number == 10:
            time.sleep(0.6)
        self.answer(b"always the same")

    def get_stream(self, _):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for _ in range(10):
            event = b'data: {"at":%d}\n\n' % (time.time_ns() // 1000)
            self.wfile.write(b"%x\r\n%s\r\n" % (len(event), event))
            self.wfile.flush()
            time.sleep(0.05)
        time.sleep(5)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_):
        pass  # a generator that hangs up is no news


class Lab:
    """One server, and a count of what was checked."""

    def __init__(self, program):
        self.program = program
        self.number = self.failed = 0
        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def load(self, path, *options, port=None):
        """(exit code, result or None)"""
        Handler.seen = 0
        done = subprocess.run([str(self.program), "--timeout", "5", *options,
                               f"http://127.0.0.1:{port or self.port}{path}"],
                              capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, json.loads(done.stdout) if done.stdout else None

    def check(self, true, sentence, detail=""):
        self.number += 1
        self.failed += not true
        print(f"{'ok' if true else 'not ok'} {self.number} - {sentence}")
        if not true:
            print("# " + str(detail).replace("\n", "\n# "))


def short(*more):
    return ("--rate", "200", "--warmup", "0.2", "--seconds", "1", "--connections", "8", *more)


def sends_what_was_planned(lab):
    _, r = lab.load("/same", *short())
    lab.check(abs(r["sent"] - 200) <= 1 and abs(Handler.seen - 240) <= 2 and r["count"] == r["sent"],
              "as many requests are sent as planned, and those of the warm-up are not counted", (r, Handler.seen))
    lab.check(r["errors"]["sum"] == 0 and r["checked"] >= 8 and r["latency_us"]["p50"] > 0,
              "each connection's first body is compared", r)
    _, r = lab.load("/close", *short())
    lab.check(r["errors"]["sum"] == 0 and r["reopened"] >= 200, "a connection the server closes is opened again", r)


def finds_what_is_wrong(lab):
    for path, error in (("/other", "hash"), ("/longer", "length"), ("/broken", "status"), ("/cut", "broken")):
        code, r = lab.load(path, *short())
        lab.check(code == 1 and not r["valid"] and r["why"] == "errors" and r["errors"][error],
                  f"{path[1:]}: the run is void because of {error}", (code, r))
    _, r = lab.load("/other", *short("--varies"))
    lab.check(r["errors"]["sum"] == 0 and r["checked"] == 0, "bodies that differ by nature may be allowed", r)


def a_stall_is_not_hidden(lab):
    code, r = lab.load("/stall", "--rate", "100", "--warmup", "0", "--seconds", "1.5", "--connections", "1")
    lab.check(r["latency_us"]["p90"] > 300_000 and r["latency_us"]["max"] > 500_000,
              "a stall of 0.6 s is in the latency of every request that should have been sent meanwhile", r)
    lab.check(code == 1 and r["late_share"] > 0.2 and "late" in r["why"], "late sends make the run void", (code, r))


def reads_streams(lab):
    _, r = lab.load("/stream", "--stream", "--stamp", "at", "--connections", "5", "--warmup", "0", "--seconds", "2")
    streams, delay = r["streams"], r["latency_us"]
    lab.check(streams["open"] == 5 and streams["events"] == 50 and delay["count"] == 50,
              "every event of every stream is counted", r)
    lab.check(0 < delay["p50"] < 1_000_000, "its delay is measured from its stamp", r)


def says_when_nothing_can_be_measured(lab):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        code, r = lab.load("/same", *short(), port=free.getsockname()[1])
    lab.check(code == 2 and r is None, "no server, no result", (code, r))
    for bad in (("--rate", "0"), ("--rate",), ("--nonsense", "1"), ("--header", "no colon")):
        code, r = lab.load("/same", *bad)
        lab.check(code == 2 and r is None, f"{' '.join(bad)} is refused", (code, r))


def main():
    program = generator()
    if not program:
        print("1..0 # SKIP bench/openloop is not built (./dev test --build-only)")
        return 0
    lab = Lab(program)
    sends_what_was_planned(lab)
    finds_what_is_wrong(lab)
    a_stall_is_not_hidden(lab)
    reads_streams(lab)
    says_when_nothing_can_be_measured(lab)
    print(f"1..{lab.number}")
    return 1 if lab.failed else 0


if __name__ == "__main__":
    sys.exit(main())
