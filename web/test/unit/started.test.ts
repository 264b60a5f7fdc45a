import { describe, expect, test } from "vitest";
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
