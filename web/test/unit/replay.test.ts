import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TraceEvent } from "../../src/api/shapes.ts";
import { Film, spliceSpans } from "../../src/replay/reducer.ts";
import { marksOf } from "../../src/replay/marks.ts";

let seq = 0;
const event = (type: string, payload: Record<string, unknown>, text?: Record<string, unknown>): TraceEvent => ({
  seq: ++seq,
  id: String(seq),
  type,
  level: "n2",
  actor: "student",
  at: new Date(1_764_000_000_000 + seq * 1000).toISOString(),
  payload,
  hash: "",
  ...(text ? { text } : {}),
});
const edit = (from: number, deleted: number, inserted: string, len: number, origin = "typed"): TraceEvent =>
  event(
    "code_edited",
    { file: 0, changes: [[from, deleted, inserted.length]], origin, len_after: len },
    { inserted: [inserted] },
  );
const none = (): undefined => undefined;

describe("the replay", () => {
  test("gives the text and the origin of every stretch at any event", () => {
    const film = new Film(
      [edit(0, 0, "ab", 3), edit(1, 1, "ZZ", 4, "pasted_external")],
      [{ path: "a.py", text: "c" }],
      none,
    );
    expect(film.at(0).files[0]?.text).toBe("c");
    expect(film.at(1).files[0]?.text).toBe("abc");
    const s = film.at(2);
    expect(s.files[0]?.text).toBe("aZZc");
    expect(s.files[0]?.spans).toEqual([
      { len: 1, origin: "typed" },
      { len: 2, origin: "pasted_external" },
      { len: 1, origin: "template" },
    ]);
  });

  test("edits that do not fit are flagged, and the next copy mends the text", () => {
    const bad = [edit(9, 0, "x", 10), event("snapshot_taken", { snapshot: "s1" })];
    const missing = new Film(bad, [{ path: "a.py", text: "" }], none);
    expect(missing.needs).toBe("s1");
    const film = new Film(bad, [{ path: "a.py", text: "" }], (id) =>
      id === "s1" ? [{ path: "a.py", text: "mended" }] : undefined,
    );
    expect(film.at(1).broken).toBe(true);
    expect(film.at(2)).toMatchObject({ broken: false, files: [{ text: "mended" }] });
  });

  test("a state from a keyframe equals the state from the start", () => {
    const events = Array.from({ length: 450 }, (_, i) => edit(i, 0, "a", i + 1));
    const film = new Film(events, [{ path: "a.py", text: "" }], none);
    for (const n of [199, 200, 201, 400, 450]) expect(film.at(n).files[0]?.text.length).toBe(n);
  });

  test("spans always add up to the length of the text", () => {
    const step = fc.record({ from: fc.nat(20), del: fc.nat(6), add: fc.nat(6) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let spans = spliceSpans([], 0, 0, 10, "template");
        let len = 10;
        for (const s of steps) {
          const from = Math.min(s.from, len);
          const del = Math.min(s.del, len - from);
          spans = spliceSpans(spans, from, del, s.add, "typed");
          len += s.add - del;
          expect(spans.reduce((n, x) => n + x.len, 0)).toBe(len);
        }
      }),
    );
  });

  test("marks tell runs that pass from runs that do not", () => {
    const m = marksOf([
      event("tests_finished", { passed: 2, total: 3 }),
      event("tests_finished", { passed: 3, total: 3 }),
      event("hint_given", { rung: 2 }),
    ]);
    expect(m.map((x) => [x.kind, x.ok ?? x.rung])).toEqual([
      ["run", false],
      ["run", true],
      ["hint", 2],
    ]);
  });
});
