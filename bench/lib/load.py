"""Load: wrk in a closed loop, bench/openloop at a fixed rate. Both on the generator's core."""

import json
import subprocess
from pathlib import Path

from .goal import Sample
from .problem import Void

GENERATOR_CPU = 1
LATE_TRIES = 3
LUA = Path(__file__).resolve().parent / "wrk.lua"


def header_words(flag, headers):
    return [word for key, value in (headers or {}).items() for word in (flag, f"{key}: {value}")]


def open_loop(bench, target, path, rate, conns=64, headers=None, method="GET", body=None, seconds=None, seed=None,
              more=()):
    """Latency from the intended send time, at a constant rate or, with a seed, at Poisson times. A run that is void
    only because the generator was late says nothing about the server and is tried again."""
    seconds = seconds or bench.seconds
    argv = [bench.program("openloop"), "--rate", str(rate), "--connections", str(conns), "--warmup", "0.5",
            "--seconds", str(seconds), "--method", method, *header_words("--header", headers), *more]
    if seed is not None:
        argv += ["--poisson", str(seed)]
    if body is not None:
        file = bench.work / "openloop-body"
        file.write_bytes(body if isinstance(body, bytes) else json.dumps(body).encode())
        argv += ["--body", str(file)]
    for _ in range(LATE_TRIES):
        found = open_loop_said(bench, target, [*argv, target.url + path], seconds)
        if found["valid"]:
            break
    else:
        raise Void(f"{target.name}: {found['late_share']:.1%} of the sends were late")
    latency = found["latency_us"]
    return Sample(requests=found["count"], seconds=found["seconds"], rate=found["rps"], p50_us=latency["p50"],
                  p99_us=latency["p99"], max_us=latency["max"], generator=found["cpu_share"], extra=found)


def open_loop_said(bench, target, argv, seconds):
    process = bench.generator.spawn(argv, GENERATOR_CPU, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said = process.communicate(timeout=seconds + 60)[0]
    if process.returncode not in (0, 1):
        raise Void(f"openloop against {target.name}: {said.strip()[-300:]}")
    found = json.loads(said)
    if found["errors"]["sum"] or not found["count"]:
        raise Void(f"{target.name}: {found['why']}: {found['errors']}")
    return found


def closed_loop(bench, target, path, conns, headers=None, method="GET", body=None, seconds=None, status=200,
                script=None):
    """As many requests as come back; every answer is verified (wrk.lua). `script`: a Lua file with requests of its
    own."""
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body).encode()
    seconds = seconds or bench.seconds
    expected = expect(bench, target, path, headers, method, body, status)
    argv = wrk_argv(bench, target.url + path, conns, headers, method, body, seconds, [*expected, str(status)], script)
    server, generator = target.group.cpu_us(), bench.generator.cpu_us()
    process = bench.generator.spawn(argv, GENERATOR_CPU, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said = process.communicate(timeout=seconds + 60)[0]
    server, generator = target.group.cpu_us() - server, bench.generator.cpu_us() - generator
    found = wrk_said(said, process.returncode, target)
    requests, took = found["requests"], found["duration_us"] / 1e6
    return Sample(requests=requests, seconds=took, cpu_us=server / requests, rate=requests / took,
                  p50_us=found["p50_us"], p99_us=found["p99_us"], max_us=found["max_us"],
                  generator=generator / found["duration_us"], extra={"bytes": found["bytes"] / requests})


def expect(bench, target, path, headers, method, body, status):
    """What every answer must be: [file of the body, length]; "-" where two answers differ."""
    if method != "GET":
        return ["-", "-"]
    first, second = (target.request(method, path, body, headers) for _ in range(2))
    for answer in (first, second):
        if answer.status != status:
            raise Void(f"{target.name} {path}: {answer.status} {answer.body[:200]}")
    file = bench.work / f"expected-{target.port}"
    file.write_bytes(first.body)
    same = first.body == second.body
    return [str(file) if same else "-", str(len(first.body)) if len(first.body) == len(second.body) else "-"]


def wrk_argv(bench, url, conns, headers, method, body, seconds, expected, more=None):
    script = bench.work / "request.lua"
    lines = [f'wrk.method = "{method}"']
    if body is not None:
        file = bench.work / "wrk-body"
        file.write_bytes(body)
        lines.append(f'wrk.body = assert(io.open("{file}", "rb")):read("*a")')
    lines += [f'dofile("{file}")' for file in (LUA, more) if file]
    script.write_text("\n".join(lines) + "\n", "utf-8")
    duration = f"{round(seconds * 1000)}ms" if seconds < 1 else f"{round(seconds)}s"
    return [bench.need("wrk", "wrk"), "-t1", f"-c{conns}", f"-d{duration}", "-s", str(script),
            *header_words("-H", headers), url, "--", *expected]


def wrk_said(said, status, target):
    line = said.strip().rpartition("\n")[2]
    if status or not line.startswith("{"):
        raise Void(f"wrk against {target.name}: {said.strip()[-300:]}")
    found = json.loads(line)
    if found["wrong"] or found["socket_errors"] or not found["requests"]:
        raise Void(f"{target.name}: {found['wrong']} wrong answers ({found['how']}), "
                   f"{found['socket_errors']} socket errors of {found['requests']} requests")
    return found
