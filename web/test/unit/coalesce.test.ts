import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Coalescer } from "../../src/state/coalesce.ts";
import type { Edit, EditEvent } from "../../src/state/coalesce.ts";

const edit = (at: number, from: number, inserted: string, more: Partial<Edit> = {}): Edit => ({
  file: 0,
  origin: "typed",
  changes: [{ from, deleted: 0, inserted }],
  keys: 1,
  at,
  lenAfter: from + inserted.length,
  ...more,
});

/** What the server does with events: change after change, text after text. */
function apply(text: string, events: EditEvent[]): string {
  let out = text;
  for (const e of events) {
    for (const [i, [from, deleted, size]] of e.payload.changes.entries()) {
      const add = e.text.inserted[i] ?? "";
      expect(add.length).toBe(size);
      out = out.slice(0, from) + add + out.slice(from + deleted);
    }
    expect(out.length).toBe(e.payload.len_after);
  }
  return out;
}

describe("edits become events", () => {
  test("typing within a second is one event, whose insertion grew", () => {
    const c = new Coalescer(0);
    expect([...c.add(edit(0, 0, "a")), ...c.add(edit(100_000, 1, "b")), ...c.add(edit(200_000, 2, "c"))]).toEqual([]);
    const [e] = c.close();
    expect(e?.payload).toMatchObject({
      base_rev: 0,
      rev: 1,
      changes: [[0, 0, 3]],
      keys: 3,
      len_after: 3,
      span_ms: 200,
    });
    expect(e?.text.inserted).toEqual(["abc"]);
  });

  test("a pause, another origin or another file begins a new event", () => {
    const c = new Coalescer(4);
    c.add(edit(0, 0, "a"));
    expect(c.add(edit(1_500_000, 1, "b"))[0]?.payload.rev).toBe(5);
    expect(c.add(edit(1_600_000, 2, "c", { origin: "undo" }))[0]?.payload.rev).toBe(6);
    expect(c.add(edit(1_700_000, 0, "d", { file: 1 }))[0]?.payload.rev).toBe(7);
  });

  test("a paste is an event by itself, at once", () => {
    const c = new Coalescer(0);
    c.add(edit(0, 0, "a"));
    const out = c.add(edit(10, 1, "pasted", { origin: "pasted_external", keys: 0 }));
    expect(out.map((e) => e.payload.origin)).toEqual(["typed", "pasted_external"]);
    expect(c.close()).toEqual([]);
  });

  test("a paste longer than one event may hold becomes several that fit together", () => {
    const text = "x".repeat(45_000);
    const out = new Coalescer(0).add(edit(0, 0, text, { origin: "pasted_external", lenAfter: text.length }));
    expect(out.length).toBe(3);
    expect(apply("", out)).toBe(text);
  });

  test("any series of edits, replayed from the events, gives the text of the editor", () => {
    const step = fc.record({
      at: fc.nat(3_000_000),
      pos: fc.nat(40),
      del: fc.nat(5),
      ins: fc.string({ maxLength: 6 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const c = new Coalescer(0);
        const events: EditEvent[] = [];
        let text = "";
        let now = 0;
        for (const s of steps) {
          const from = Math.min(s.pos, text.length);
          const deleted = Math.min(s.del, text.length - from);
          text = text.slice(0, from) + s.ins + text.slice(from + deleted);
          now += s.at;
          const changes = [{ from, deleted, inserted: s.ins }];
          events.push(...c.add({ file: 0, origin: "typed", changes, keys: 1, at: now, lenAfter: text.length }));
        }
        events.push(...c.close());
        expect(apply("", events)).toBe(text);
        expect(events.map((e) => e.payload.base_rev)).toEqual(events.map((_, i) => i));
      }),
    );
  });
});
