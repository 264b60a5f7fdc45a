#!/usr/bin/python3
"""Verifies an exported trace without the program: tools/verify_trace.py FILE...

An independent reading of the format (JSON Lines of kinds genesis, event, checkpoint, key): nothing of
the program is used, only the standard library and a small Ed25519. Prints one JSON object a file:
{"result": ok|broken|incomplete, "events": N, "first_broken": {seq, reason}}. Ends with 1 when a file is
not whole, with 2 when it is no trace.
"""

import hashlib
import json
import re
import sys

KEY = re.compile(r"[a-z0-9_]{1,40}\Z")
INT_MAX = 2**53 - 1
DEPTH_MAX = 8


class NotCanonical(Exception):
    """A value that has no canonical form."""


def encode(value, depth=1):
    """The one byte form of a value: integers, text, lists, objects with sorted keys."""
    if depth > DEPTH_MAX:
        raise NotCanonical("depth")
    if isinstance(value, bool) or value is None or isinstance(value, float):
        raise NotCanonical("kind of value")
    if isinstance(value, int):
        if abs(value) > INT_MAX:
            raise NotCanonical("integer")
        return b"i%de" % value
    if isinstance(value, str):
        raw = value.encode("utf-8", "strict")
        if b"\0" in raw:
            raise NotCanonical("NUL")
        return b"%d:%s" % (len(raw), raw)
    if isinstance(value, list):
        return b"l" + b"".join(encode(v, depth + 1) for v in value) + b"e"
    if not all(KEY.match(k) for k in value):
        raise NotCanonical("key")
    return b"d" + b"".join(encode(k) + encode(value[k], depth + 1) for k in sorted(value)) + b"e"


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


# --- Ed25519 (RFC 8032), verification only ---

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def add(a, b):
    t = (a[1] - a[0]) * (b[1] - b[0]) % P
    u = (a[1] + a[0]) * (b[1] + b[0]) % P
    v = 2 * a[3] * b[3] * D % P
    w = 2 * a[2] * b[2] % P
    e, f, g, h = u - t, w - v, w + v, u + t
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(n, a):
    q = (0, 1, 1, 0)
    while n:
        if n & 1:
            q = add(q, a)
        a = add(a, a)
        n >>= 1
    return q


def point(raw):
    """A point from its 32 bytes; None when there is none."""
    sign, y = divmod(int.from_bytes(raw, "little"), 1 << 255)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return (x, y, 1, x * y % P)


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signed(key, message, signature):
    a, r = point(key), point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or a is None or r is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    left, right = times(s, BASE), add(r, times(k, a))
    return all((left[i] * right[2] - right[i] * left[2]) % P == 0 for i in (0, 1))


# --- the chain ---


class Broken(Exception):
    def __init__(self, seq, reason):
        super().__init__(reason)
        self.seq, self.reason = seq, reason


def event_bytes(e):
    names = ("actor", "at", "client_at", "formula_hash", "id", "payload", "policy_hash", "prompt_hash", "seq",
             "text_hash", "type")
    return b"d" + b"".join(encode(n) + encode(e[n]) for n in names if n in e) + b"e"


def check_text(e):
    """The text may be erased (null), never changed."""
    if "text_hash" not in e or e.get("text", "") is None:
        return
    if "text" not in e or sha256(bytes.fromhex(e.get("salt", "")), encode(e["text"])).hex() != e["text_hash"]:
        raise Broken(e["seq"], "text_hash")


def check_events(genesis, events):
    """The hash of each event in order, as hex."""
    head = sha256(encode({"chain": genesis["chain"], "session": genesis["session"], "started": genesis["started"],
                          "tenant": genesis["tenant"], "v": 1}))
    hashes, ids, last = [], set(), 0
    for want, e in enumerate(events, 1):
        if e["seq"] != want:
            raise Broken(want, "sequence_gap")
        if e["id"] in ids:
            raise Broken(want, "duplicate_id")
        if e["at"] < last:
            raise Broken(want, "time_regression")
        try:
            check_text(e)
            found = sha256(head, event_bytes(e)).hex()
        except (NotCanonical, UnicodeError) as problem:
            raise Broken(want, "noncanonical") from problem
        if found != e["hash"]:
            raise Broken(want, "hash_mismatch" if want > 1 else "genesis_mismatch")
        head, last = bytes.fromhex(found), e["at"]
        hashes.append(found)
        ids.add(e["id"])
    return hashes


def check_checkpoints(genesis, hashes, checkpoints, keys):
    prev = ""
    for c in checkpoints:
        for bad, reason in ((c["seq"] > len(hashes), "truncated"),
                            (c["seq"] < 1 or hashes[c["seq"] - 1:c["seq"]] != [c["hash"]], "checkpoint_head"),
                            (c["prev"] != prev, "checkpoint_chain"), (c["kid"] not in keys, "key_unknown")):
            if bad:
                raise Broken(c["seq"], reason)
        message = b"ainative-checkpoint-v1\n" + encode(
            {"hash": c["hash"], "kid": c["kid"], "kind": c["checkpoint_kind"], "prev": prev, "seq": c["seq"],
             "session": genesis["session"], "signed": c["signed_at"], "v": 1})
        if not signed(keys[c["kid"]], message, bytes.fromhex(c["signature"])):
            raise Broken(c["seq"], "checkpoint_signature")
        prev = sha256(message).hex()


def verify(text):
    lines = [json.loads(line) for line in text.removesuffix("\n").split("\n")]  # splitlines() cuts at U+2028 too
    genesis, events, checkpoints, keys = (
        [line for line in lines if line["kind"] == kind] for kind in ("genesis", "event", "checkpoint", "key"))
    genesis = genesis[0]
    report = {"result": "ok" if events else "incomplete", "session": genesis["session"], "events": len(events)}
    try:
        check_checkpoints(genesis, check_events(genesis, events), checkpoints,
                          {k["kid"]: bytes.fromhex(k["public"]) for k in keys})
    except Broken as b:
        report |= {"result": "broken", "first_broken": {"seq": b.seq, "reason": b.reason}}
    return report


def main(paths):
    worst = 0 if paths else 2
    for path in paths:
        try:
            with open(path, encoding="utf-8") as file:
                report = verify(file.read())
        except (OSError, ValueError, KeyError, IndexError, TypeError) as problem:
            print(f"verify_trace: {path}: not a trace: {problem!r}", file=sys.stderr)
            worst = 2
            continue
        print(json.dumps(report))
        worst = max(worst, 0 if report["result"] == "ok" else 1)
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
