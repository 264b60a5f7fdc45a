"""P10: what an event stream costs that has nothing to say, and how fast one event reaches them all.

Every stream is `GET /sessions/{id}/events` on the stream listener, as the browser opens it; the event is a
change of the session's lease. nginx is measured with as many idle keep-alive connections, for the eye."""

from lib import Goal, Sample
from lib.crowd import WINDOW, Crowd, room_for
from lib.memory import kernel_slab, pss
from lib.session import must, open_session, uuid7

GOALS = (
    Goal("P10", "idle event stream, user-space PSS each", unit="bytes", part="idle",
         peer="nginx keep-alive (for the eye)", compare="value", floor=10240, ambition=5400, control=False,
         toward="stream.conn_bytes at 4 KiB where headers stay under 2.5 KiB: 8 KiB of each are libmicrohttpd's pool"),
    Goal("P10", "one event to all streams, until the last has it", unit="s", part="all", compare="value",
         floor=2.0, ambition=0.5, control=False),
)
STREAMS = 9500
WARM = WINDOW  # streams opened and closed first: what the requests that open them take is kept, and is no stream's
LIVE = b'"status":"ok"'


def one_event(ours, cookie, session, crowd):
    """Another device takes the lease: everybody who watches the session is told."""
    body = {"client": uuid7().replace("-", "")[:16], "take_over": True}
    must(ours.request("PUT", f"/api/v1/sessions/{session}/lease", body, {"Cookie": cookie}), 200)
    return crowd.hear(b"event: lease")


def streams(bench, size):
    with bench.serve({"http.streams_max": "10000"}) as ours:
        cookie = ours.sign_in("estudiante@demo.example")
        session = open_session(ours, cookie)
        path = f"/api/v1/sessions/{session}/events"
        with Crowd(ours.stream_port, path, {"Cookie": cookie}, b"event: state", WARM):
            pass
        ours.settle()
        user, kernel = pss(ours.pids), kernel_slab()
        with Crowd(ours.stream_port, path, {"Cookie": cookie}, b"event: state", size) as crowd:
            each = (pss(ours.pids) - user) / (size - WARM)  # the first take the place of the closed ones
            slab = (kernel_slab() - kernel) / size
            took = one_event(ours, cookie, session, crowd)
        return Sample(requests=size, extra={"each": each, "slab": slab, "all": took})


def idle_nginx(bench, size):
    with bench.nginx() as peer:
        before = pss(peer.pids)
        with Crowd(peer.port, "/health/live", {}, LIVE, size):
            return Sample(requests=size, extra={"each": (pss(peer.pids) - before) / size, "all": 0.0})


def run(bench):
    size = room_for(STREAMS)
    rounds = bench.interleave({"ours": lambda: streams(bench, size), "peer": lambda: idle_nginx(bench, size)},
                              warm=False)
    results = [bench.judge(GOALS[0], rounds, "each"), bench.judge(GOALS[1], rounds, "all")]
    slab = sorted(rounds.of("ours", "slab"))[len(rounds.rounds) // 2]
    results[0].notes.append(f"{size} streams; the kernel's slab grew by {slab:.0f} bytes each (both ends)")
    return results
