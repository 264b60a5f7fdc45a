"""Thousands of connections that are open and silent, from this process."""

import resource
import select
import socket
import time

from .problem import Void

WINDOW = 200  # connections on their way at once, less than any backlog
SPARE_FILES = 300
WAIT_S = 30


def room_for(wanted):
    """How many sockets a process may have here."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return min(wanted, hard - SPARE_FILES)


class Crowd:
    """`size` connections that asked for `path` and got an answer that holds `first`."""

    def __init__(self, port, path, headers, first, size):
        self.sockets = []
        lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{k}: {v}" for k, v in headers.items()), "", ""]
        self.request = "\r\n".join(lines).encode()
        self.port = port
        try:
            for at in range(0, size, WINDOW):
                self.add(min(WINDOW, size - at), first)
        except BaseException:
            self.close()
            raise

    def add(self, count, first):
        fresh = []
        for _ in range(count):
            s = socket.create_connection(("127.0.0.1", self.port), timeout=WAIT_S)
            self.sockets.append(s)
            s.sendall(self.request)
            fresh.append(s)
        until_all_hold(fresh, first)

    def hear(self, word):
        """Waits until every connection has received `word`; the seconds that took the last one."""
        began = time.monotonic()
        until_all_hold(self.sockets, word)
        return time.monotonic() - began

    def close(self):
        for s in self.sockets:
            s.close()
        self.sockets = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def until_all_hold(sockets, word):
    """Reads them all until `word` was in what each said."""
    poll, waiting = select.epoll(), {}
    for s in sockets:
        waiting[s.fileno()] = (s, b"")
        poll.register(s.fileno(), select.EPOLLIN)
    deadline = time.monotonic() + WAIT_S
    while waiting:
        ready = poll.poll(1.0)
        if time.monotonic() > deadline:
            raise Void(f"{len(waiting)} of {len(sockets)} connections did not hear {word!r} in {WAIT_S} s")
        for fd, _ in ready:
            s, said = waiting[fd]
            data = s.recv(65536)
            if not data:
                raise Void(f"a connection was ended while it waited for {word!r}: {said[-200:]!r}")
            waiting[fd] = (s, said + data)
            if word in said + data:
                poll.unregister(fd)
                del waiting[fd]
    poll.close()
