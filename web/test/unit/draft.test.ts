import { describe, expect, test, vi } from "vitest";
import type { CodeFile, Workspace } from "../../src/api/shapes.ts";
import { openDb } from "../../src/state/db.ts";
import type { Db } from "../../src/state/db.ts";
import { DraftKeeper } from "../../src/state/draft.ts";
import { answers, useAnswers } from "./answers.ts";

useAnswers();

const files: CodeFile[] = [{ path: "a.py", text: "mine" }];
const server = (text: string): Workspace =>
  ({ files: [{ path: "a.py", text }], rev: 2, saved_at: "2026-01-01T00:00:00Z" }) as Workspace;

async function keeper(db?: Db): Promise<DraftKeeper> {
  const d = new DraftKeeper(db, "s", {
    texts: () => files,
    openPath: () => "a.py",
    rev: () => 0,
    canWrite: () => true,
    still: (act) => act(),
  });
  await d.begin(server("before"), '"1"', 0);
  d.changed();
  return d;
}

describe("a draft", () => {
  test("refused for its version is sent again when the other version can't be read", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    answers["PUT /sessions/s/workspace"] = { status: 412, body: { code: "precondition.failed" } };
    const d = await keeper();
    await d.saveServer();
    expect(d.problem.value?.code).toBe("net.offline");
    answers["PUT /sessions/s/workspace"] = { status: 200, body: server("mine"), etag: '"3"' };
    await vi.advanceTimersByTimeAsync(7000);
    expect(d.unsaved.value).toBe(false);
    d.leave();
  });

  test("that the server already has is saved, and no problem is left", async () => {
    answers["PUT /sessions/s/workspace"] = { status: 412, body: { code: "precondition.failed" } };
    answers["GET /sessions/s/workspace"] = { status: 200, body: server("mine"), etag: '"2"' };
    const d = await keeper();
    await d.saveServer();
    expect(d.unsaved.value).toBe(false);
    expect(d.problem.value).toBeUndefined();
    d.leave();
  });

  test("that the device can't keep still reaches the server, and it is told", async () => {
    answers["PUT /sessions/s/workspace"] = { status: 200, body: server("mine"), etag: '"3"' };
    const db = await openDb("full");
    const d = await keeper(db);
    db.close();
    await d.saveServer();
    expect(d.unsaved.value).toBe(false);
    expect(d.kept.value).toBe(false);
    d.leave();
  });
});
