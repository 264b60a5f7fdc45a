// What a teacher is shown beside the code: the last run of the tests, found in the trace.
import { describe, expect, test } from "vitest";
import { lastRunOf } from "../../src/state/session.ts";
import { answers, useAnswers } from "./answers.ts";

useAnswers();

const event = (seq: number, run: string) => ({ seq, type: "tests_finished", payload: { run } });
const page = (...items: unknown[]) => ({ status: 200, body: { items, head: { seq: 9, hash: "" } } });

describe("the last run of a session", () => {
  test("is the one whose tests ended last", async () => {
    const submitted = { seq: 9, type: "tests_finished", payload: { submission: "c" } };
    answers["GET /sessions/s/trace"] = page(event(3, "a"), event(8, "b"), submitted);
    answers["GET /runs/b"] = { status: 200, body: { id: "b", passed: 1, total: 2 } };
    expect((await lastRunOf("s").reload()).data).toEqual({ run: { id: "b", passed: 1, total: 2 } });
  });

  test("is missing where nothing was run, which is no failure", async () => {
    answers["GET /sessions/s/trace"] = page();
    const v = await lastRunOf("s").reload();
    expect([v.state, v.data]).toEqual(["ready", {}]);
  });

  test("is said to have failed where it cannot be read", async () => {
    answers["GET /sessions/s/trace"] = page(event(3, "a"));
    const v = await lastRunOf("s").reload();
    expect([v.state, v.problem?.code]).toEqual(["failed", "net.offline"]);
  });
});
