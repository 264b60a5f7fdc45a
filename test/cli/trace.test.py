#!/usr/bin/python3
"""An exported session: whatever is done to the file is found, by the program and by a second reader."""

import copy
import importlib.util
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "test/http/lib"))
from story import Editor, Server, Tap, exercise_named, key  # noqa: E402

SECOND = ROOT / "tools/verify_trace.py"
spec = importlib.util.spec_from_file_location("verify_trace", SECOND)
reader = importlib.util.module_from_spec(spec)
spec.loader.exec_module(reader)

tap = Tap()
server = Server().start()
student = server.login("estudiante@demo.example")
card = exercise_named(student, "vuelto-del-kiosco")
session = student.post("/sessions", {"exercise_id": card["id"]}, idem=key()).json
editor = Editor(student, session["id"], student.get(f"/sessions/{session['id']}/workspace").json["files"][0]["text"])
for n in range(30):
    editor.edit(len(editor.text), 0, f"# línea {n} 🙂 \u2028 \u0085\n")
editor.send()
student.post(f"/sessions/{session['id']}/thoughts", {"type": "plan_stated", "text": "Ñandú"}, idem=key())
run = student.post(f"/exercises/{card['id']}/runs", {"session_id": session["id"], "kind": "visible_tests"}, idem=key()).json
student.follow(run["events"])
student.patch(f"/sessions/{session['id']}", {"state": "closed"},
              if_match=student.get(f"/sessions/{session['id']}").etag)
tap.same(server.stop(), 0, "the server ends cleanly")

folder = Path(server.folder) / "exported"
exported = server.run("export", str(folder))
tap.same((exported.returncode, [p.name for p in folder.iterdir()]), (0, [session["id"] + ".jsonl"]),
         "export writes a file for each session")
tap.same(server.run("export", str(folder)).returncode, 2, "export never writes over a file")
lines = [json.loads(line) for line in (folder / (session["id"] + ".jsonl")).read_text("utf-8").removesuffix("\n").split("\n")]
events = [line for line in lines if line["kind"] == "event"]
tap.check(lines[0]["kind"] == "genesis" and lines[-1]["kind"] == "key" and len(events) > 30, "it tells the whole session")


def both(changed, name):
    """(result, seq, reason) as the program and the second reader say it."""
    path = folder / "changed.jsonl"
    path.write_text("".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in changed), "utf-8")
    first = server.run("verify-trace", str(path))
    second = subprocess.run([str(SECOND), str(path)], capture_output=True, text=True, check=False)
    found = []
    for result in (first, second):
        try:
            report = json.loads(result.stdout)
        except ValueError:
            tap.check(False, f"{name}: a report is printed", result)
            return None
        broken = report.get("first_broken", {})
        found.append((report["result"], broken.get("seq"), broken.get("reason")))
    tap.same(found[1], found[0], f"{name}: both readers say the same")
    tap.same((first.returncode, second.returncode), (0, 0) if found[0][0] == "ok" else (1, 1),
             f"{name}: the exit code tells it")
    return found[0]


def at(changed, seq):
    """Index of the line of an event."""
    return next(i for i, line in enumerate(changed) if line["kind"] == "event" and line["seq"] == seq)


def edited(changed):
    changed[at(changed, 10)]["payload"]["span_ms"] += 1


def worded(changed):
    changed[at(changed, 10)]["text"]["inserted"][0] = "x"


def timed(changed):
    changed[at(changed, 10)]["at"] += 1


def deleted(changed):
    del changed[at(changed, 12)]


def reordered(changed):
    i = at(changed, 20)
    changed[i], changed[i + 1] = changed[i + 1], changed[i]


def truncated(changed):
    for seq in (len(events), len(events) - 1):
        del changed[at(changed, seq)]


def doubled(changed):
    changed.insert(at(changed, 15), copy.deepcopy(changed[at(changed, 15)]))


def first_event(changed):
    changed[at(changed, 1)]["actor"] = "teacher"


def other_start(changed):
    changed[0]["started"] += 1


def signature(changed):
    line = next(c for c in changed if c["kind"] == "checkpoint")
    line["signature"] = ("0" if line["signature"][0] != "0" else "1") + line["signature"][1:]


def other_key(changed):
    changed[-1]["kid"] = "elsewhere"


def erased(changed):
    line = changed[at(changed, 10)]
    line["text"] = None
    line.pop("salt", None)


last = len(events)
signed_at = next(c["seq"] for c in lines if c["kind"] == "checkpoint")
for change, sentence, wanted in (
        (lambda _: None, "untouched", ("ok", None, None)), (edited, "an edited payload", ("broken", 10, "hash_mismatch")),
        (worded, "an edited text", ("broken", 10, "text_hash")), (timed, "a moved time", ("broken", 10, None)),
        (deleted, "a deleted event", ("broken", 12, "sequence_gap")),
        (reordered, "two events swapped", ("broken", 20, "sequence_gap")),
        (truncated, "the end cut off", ("broken", last, "truncated")),
        (doubled, "an event twice", ("broken", 16, "sequence_gap")),
        (first_event, "the first event edited", ("broken", 1, "genesis_mismatch")),
        (other_start, "another beginning", ("broken", 1, "genesis_mismatch")),
        (signature, "a forged signature", ("broken", signed_at, "checkpoint_signature")),
        (other_key, "a key that is not known", ("broken", signed_at, "key_unknown")),
        (erased, "an erased text", ("ok", None, None))):
    copied = copy.deepcopy(lines)
    change(copied)
    found = both(copied, sentence)
    tap.check(found and found[:2] == wanted[:2] and wanted[2] in (None, found[2]), f"{sentence}: named",
              f"expected {wanted}, found {found}")

# the published vector of RFC 8032, so that the second reader's own arithmetic is known to be right
public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
good = bytes.fromhex("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                     "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")
tap.check(reader.signed(public, b"", good) and not reader.signed(public, b"x", good),
          "the second reader knows a good signature from a bad one")

stored = server.run("verify-trace", "--all")
tap.check(stored.returncode == 0 and stored.stdout.strip() == "1 sessions, 0 broken", "the store verifies", stored)
one = server.run("verify-trace", "--session", session["id"])
tap.check(one.returncode == 0 and json.loads(one.stdout)["checkpoints_ok"] >= 1, "so does one session of it", one)
tap.same(server.run("verify-trace").returncode, 2, "without a word it tells how it is used")
audit = server.run("verify-audit")
tap.check(audit.returncode == 0 and "holds" in audit.stdout, "the audit chain verifies", audit)
tap.done()
