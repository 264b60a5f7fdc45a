import { describe, expect, test } from "vitest";
import { Capture } from "../../src/state/capture.ts";
import { openDb } from "../../src/state/db.ts";
import { Outbox } from "../../src/state/outbox.ts";

describe("the record of a session", () => {
  test("that the device can't keep is told", async () => {
    const db = await openDb("gone");
    const box = new Outbox(db, "s", "c", {
      send: () => Promise.reject(new Error("nothing to send")),
      now: () => 0,
      wait: () => Promise.resolve(),
      exclusive: (work) => work(),
    });
    const c = new Capture(box, 0, () => true);
    expect(c.lost.value).toBe(false);
    db.close();
    c.record("focus_lost", {});
    await c.flush();
    expect(c.lost.value).toBe(true);
  });
});
