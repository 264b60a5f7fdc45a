import { describe, expect, test } from "vitest";
import type { CodeFile } from "../../src/api/shapes.ts";
import { Replay } from "../../src/state/replay.ts";
import { answers, useAnswers } from "./answers.ts";

useAnswers();

const files: CodeFile[] = [{ path: "a.py", text: "mine" }];

describe("a replay", () => {
  const trace = (id: string): void => {
    const items = [{ seq: 1, type: "snapshot_taken", at: "2026-01-01T00:00:00Z", payload: { snapshot: id } }];
    answers["GET /sessions/s/trace"] = { status: 200, body: { items, head: { seq: 1 } } };
    answers["GET /sessions/s"] = { status: 200, body: { id: "s" } };
  };

  test("whose code can't be read says so instead of showing none", async () => {
    trace("c");
    const r = new Replay("s");
    await r.open(undefined);
    expect(r.problem.value?.code).toBe("net.offline");
    answers["GET /snapshots/c"] = { status: 200, body: { files } };
    await r.open(undefined);
    expect(r.problem.value).toBeUndefined();
    expect(r.state.value?.files[0]?.text).toBe("mine");
    r.leave();
  });

  test("whose events come after a failure forgets the failure", async () => {
    const r = new Replay("s");
    await r.open(undefined);
    expect(r.trace.problem.value?.code).toBe("net.offline");
    trace("c");
    answers["GET /snapshots/c"] = { status: 200, body: { files } };
    await r.more();
    expect(r.trace.problem.value).toBeUndefined();
    r.leave();
  });

  test("of erased code shows none", async () => {
    trace("c");
    answers["GET /snapshots/c"] = { status: 404, body: { code: "not_found" } };
    const r = new Replay("s");
    await r.open(undefined);
    expect(r.problem.value).toBeUndefined();
    expect(r.state.value?.files).toEqual([]);
    r.leave();
  });
});
