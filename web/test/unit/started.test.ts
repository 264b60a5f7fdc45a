import { describe, expect, test, vi } from "vitest";
import { Runs } from "../../src/state/run.ts";
import { Turns } from "../../src/state/turn.ts";
import { answers, useAnswers } from "./answers.ts";

useAnswers();

describe("what was started", () => {
  const running = { id: "r", state: "running", kind: "visible_tests", tests: [], diagnostics: [] };

  test("a run that could not be stopped is still followed", async () => {
    answers["GET /runs/r"] = { status: 200, body: running };
    const runs = new Runs("s", () => "e");
    answers["GET /submissions"] = { status: 200, body: { items: [] } };
    await runs.load("r");
    expect(runs.running.value?.id).toBe("r");
    await runs.cancel();
    expect(runs.running.value?.id).toBe("r");
    expect(runs.problem.value?.code).toBe("net.offline");
    runs.leave();
  });

  test("what is started is under way at once, and counts from when it was asked for", async () => {
    const runs = new Runs("s", () => "e");
    expect(runs.prepare("run", "visible_tests")).toBe(true);
    const since = runs.running.value?.since;
    expect(runs.running.value?.id).toBe("");
    expect(runs.prepare("run", "visible_tests")).toBe(false);
    answers["POST /exercises/e/runs"] = { status: 202, body: { id: "r", state: "queued", events: "", position: 2 } };
    expect(await runs.start("visible_tests", [], undefined)).toBe(true);
    expect(runs.running.value).toMatchObject({ id: "r", position: 2, since });
    runs.leave();
  });

  test("what was stopped before it was sent is not sent", async () => {
    const runs = new Runs("s", () => "e");
    runs.prepare("run", "visible_tests");
    await runs.cancel();
    expect(runs.running.value).toBeUndefined();
    answers["POST /exercises/e/runs"] = { status: 202, body: { id: "r", state: "queued", events: "", position: 0 } };
    expect(await runs.start("visible_tests", [], undefined)).toBe(false);
    expect(runs.running.value).toBeUndefined();
    expect(runs.problem.value).toBeUndefined();
  });

  test("each test shows its result as it ends, and a submission how many of all have", async () => {
    answers["GET /submissions"] = { status: 200, body: { items: [{ id: "n", attempt: 1, state: "running" }] } };
    answers["GET /submissions/n/events"] = {
      status: 200,
      text: [
        'event: test\ndata: {"number":2,"verdict":"wrong_answer"}',
        'event: progress\ndata: {"done":3,"total":9}',
        "",
      ].join("\n\n"),
    };
    const runs = new Runs("s", () => "e");
    await runs.load(undefined);
    await vi.waitFor(() => expect(runs.running.value?.progress).toEqual({ done: 3, total: 9 }));
    expect(runs.running.value?.verdicts.get(2)).toBe("wrong_answer");
    runs.leave();
  });

  test("an attempt chosen is shown until a run ends, whatever their times", async () => {
    const done = { ...running, state: "done", verdict: "passed", created_at: "2026-01-01T00:00:00Z" };
    answers["GET /submissions"] = {
      status: 200,
      body: { items: [{ id: "old", attempt: 1, verdict: "wrong_answer" }] },
    };
    answers["GET /runs/r"] = { status: 200, body: running };
    const runs = new Runs("s", () => "e");
    await runs.load("r");
    runs.submission.value = runs.attempts.value[0];
    expect(runs.submission.value?.id).toBe("old");
    answers["DELETE /runs/r"] = { status: 204 };
    answers["GET /runs/r"] = { status: 200, body: done };
    await runs.cancel();
    expect(runs.last.value?.id).toBe("r");
    expect(runs.submission.value).toBeUndefined();
  });

  test("results that can't be read are a problem, not an absence", async () => {
    const runs = new Runs("s", () => "e");
    await runs.load("r");
    expect(runs.loadProblem.value?.code).toBe("net.offline");
    answers["GET /submissions"] = { status: 200, body: { items: [] } };
    answers["GET /runs/r"] = { status: 200, body: { ...running, state: "done" } };
    await runs.load("r");
    expect(runs.loadProblem.value).toBeUndefined();
    expect(runs.last.value?.id).toBe("r");
  });

  test("a reply that could not be stopped says so", async () => {
    answers["GET /sessions/s/turns"] = { status: 200, body: { items: [{ id: "t", seq: 1, state: "running" }] } };
    const turns = new Turns("s");
    await turns.load();
    await turns.cancel();
    expect(turns.streaming.value?.turn).toBe("t");
    expect(turns.problem.value?.code).toBe("net.offline");
    turns.leave();
  });
});
