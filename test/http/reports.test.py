#!/usr/bin/python3
"""What browsers report by themselves: taken from anybody, said in one line of the log, and nothing of it given back."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "lib"))
from story import Person, Server, Tap  # noqa: E402

tap = Tap()
server = Server(**{"http.limits": "on"}).start()
REPORTS = "/api/v1/browser-reports"
CSP, LIST = "application/csp-report", "application/reports+json"
SECRET = "token-of-somebody"
OLD = {"csp-report": {"document-uri": f"http://h/x?{SECRET}", "effective-directive": "script-src-elem",
                      "blocked-uri": "inline", "script-sample": SECRET}}
NEW = [{"type": "csp-violation", "url": f"http://h/x?{SECRET}", "body": {"effectiveDirective": "img-src"}},
       {"type": "crash", "body": {"reason": SECRET}}]


def report(body, kind, headers=None):
    """As a browser sends it: without the headers of the app."""
    plain = {"Content-Type": kind, "X-Requested-By": None, "Origin": None, **(headers or {})}
    return Person(server).call("POST", REPORTS, body, headers=plain)


def logged():
    lines = [json.loads(line) for line in Path(server.log).read_text().splitlines() if line.startswith("{")]
    return [(x["kind"], x["directive"], x["reports"]) for x in lines if x["event"] == "browser.report"]


old = report(OLD, CSP)
tap.check(old.status == 204 and old.text == "", "a violation reported by report-uri is taken without an answer", old)
tap.same(report(NEW, LIST).status, 204, "so is a list of the Reporting API")
tap.same(report({"csp-report": {"effective-directive": SECRET + "\n!"}}, CSP).status, 204, "so is one that says nonsense")
tap.same(logged(), [("csp-violation", "script-src-elem", 1), ("csp-violation", "img-src", 2), ("csp-violation", "other", 1)],
         "each is one line of the log")
tap.check(SECRET not in Path(server.log).read_text(), "which repeats nothing of what was sent")
for body, kind, status, what in ((OLD, "application/json", 415, "a report of another type"), (b"{", CSP, 400, "one that ends early"),
                                 (b"7", CSP, 422, "one that is neither object nor list"), (b"", CSP, 400, "an empty one"),
                                 (b"[" + b" " * 17000 + b"]", LIST, 413, "one that is too large")):
    answer = report(body, kind)
    tap.check(answer.status == status and answer.code, f"{what} is refused", answer)
tap.same(report(OLD, CSP, {"Sec-Fetch-Site": "cross-site"}).code, "csrf", "one that another site sends is refused")
tap.same(len(logged()), 3, "what is refused is not logged as a report")
many = [report(OLD, CSP).status for _ in range(25)]
tap.check(many[0] == 204 and many[-1] == 429, "no address fills the log", many)
tap.same(server.stop(), 0, "the server ends cleanly")
tap.done()
