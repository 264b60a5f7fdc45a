// Events -> marks on a time line. Pure; used by the strip of the workspace and the lanes of the replay.
import type { TraceEvent } from "../api/shapes.ts";

export type MarkKind = "run" | "hint" | "ask" | "plan" | "paste" | "submit" | "thought" | "predict" | "away";

export interface Mark {
  seq: number;
  at: number;
  kind: MarkKind;
  level: TraceEvent["level"];
  /** For runs: everything passed. */
  ok?: boolean;
  rung?: number;
}

const n = (v: unknown): number | undefined => (typeof v === "number" ? v : undefined);
/** Milliseconds at which an event happened: the browser's time where there is one. */
export const timeOf = (e: TraceEvent): number => Date.parse(e.client_at ?? e.at);

function runOk(e: TraceEvent): boolean {
  const passed = n(e.payload["passed"]);
  if (passed !== undefined) return passed === n(e.payload["total"]);
  return e.payload["verdict"] === "ok" || e.payload["verdict"] === "passed";
}

const THOUGHTS: Record<string, MarkKind> = {
  goal_set: "thought",
  plan_stated: "plan",
  plan_revised: "plan",
  prediction_made: "predict",
  explanation_given: "thought",
  justification_given: "thought",
  alternative_discarded: "thought",
  reply_criticised: "thought",
  reflection_written: "thought",
  stuck_declared: "thought",
};

export function markOf(e: TraceEvent): Mark | undefined {
  const base = { seq: e.seq, at: timeOf(e), level: e.level };
  if (e.type === "tests_finished" || e.type === "run_finished") return { ...base, kind: "run", ok: runOk(e) };
  if (e.type === "hint_given") {
    const rung = n(e.payload["rung"]);
    return { ...base, kind: "hint", ...(rung === undefined ? {} : { rung }) };
  }
  if (e.type === "prompt_sent") return { ...base, kind: "ask" };
  if (e.type === "submission_made") return { ...base, kind: "submit" };
  if (e.type === "code_edited" && e.payload["origin"] === "pasted_external") return { ...base, kind: "paste" };
  if (e.type === "focus_lost") return { ...base, kind: "away" };
  const kind = THOUGHTS[e.type];
  return kind ? { ...base, kind } : undefined;
}

/** The end of a run of tests is told twice: by the run and by its tests. The tests say more. */
export function withoutDoubles(events: TraceEvent[]): TraceEvent[] {
  const tested = new Set(events.filter((e) => e.type === "tests_finished").map((e) => e.payload["run"]));
  return events.filter((e) => e.type !== "run_finished" || !tested.has(e.payload["run"]));
}

export const marksOf = (events: TraceEvent[]): Mark[] => withoutDoubles(events).flatMap((e) => markOf(e) ?? []);

/** Characters changed per slice of time, 0..1 of the busiest slice. */
export function density(events: TraceEvent[], from: number, to: number, slices: number): number[] {
  const out = new Array<number>(slices).fill(0);
  const span = Math.max(1, to - from);
  for (const e of events) {
    if (e.type !== "code_edited") continue;
    const i = Math.min(slices - 1, Math.max(0, Math.floor(((timeOf(e) - from) / span) * slices)));
    const changes = Array.isArray(e.payload["changes"]) ? (e.payload["changes"] as number[][]) : [];
    const size = changes.reduce((s, c) => s + Math.min(40, (c[1] ?? 0) + (c[2] ?? 0)), 0);
    out[i] = (out[i] ?? 0) + Math.max(1, size);
  }
  const top = Math.max(...out, 1);
  return out.map((v) => v / top);
}
