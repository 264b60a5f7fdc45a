// The code of a session at any event: step(state, event) over the trace, pure, with the origin of every stretch of text.
import type { CodeFile, TraceEvent } from "../api/shapes.ts";
import type { Origin } from "../api/origins.ts";
import { timeOf } from "./marks.ts";

/** A stretch of text with one origin. */
export interface Span {
  len: number;
  origin: Origin;
}

export interface FileState {
  path: string;
  text: string;
  spans: Span[];
}

export interface ReplayState {
  seq: number;
  /** Milliseconds of the last event. */
  at: number;
  files: FileState[];
  /** File and place of the last edit. */
  file: number;
  pos: number | undefined;
  /** The edits did not fit the text: what is shown may differ until the next copy. */
  broken: boolean;
}

export type Snapshots = (id: string) => CodeFile[] | undefined;

const whole = (text: string, origin: Origin): Span[] => (text.length ? [{ len: text.length, origin }] : []);

export function start(files: CodeFile[]): ReplayState {
  return {
    seq: 0,
    at: 0,
    files: files.map((f) => ({ path: f.path, text: f.text, spans: whole(f.text, "template") })),
    file: 0,
    pos: undefined,
    broken: false,
  };
}

/** Replaces `deleted` units at `from` by `added` units of one origin. */
export function spliceSpans(spans: Span[], from: number, deleted: number, added: number, origin: Origin): Span[] {
  const out: Span[] = [];
  const put = (len: number, o: Origin): void => {
    if (len <= 0) return;
    const last = out.at(-1);
    if (last?.origin === o) out[out.length - 1] = { len: last.len + len, origin: o };
    else out.push({ len, origin: o });
  };
  let at = 0;
  let placed = false;
  for (const s of spans) {
    const end = at + s.len;
    put(Math.min(end, from) - at, s.origin);
    if (!placed && end >= from) {
      put(added, origin);
      placed = true;
    }
    put(end - Math.max(at, from + deleted), s.origin);
    at = end;
  }
  if (!placed) put(added, origin);
  return out;
}

const list = (v: unknown): unknown[] => (Array.isArray(v) ? (v as unknown[]) : []);
const num = (v: unknown): number => (typeof v === "number" ? v : 0);

/** Text brought back by undo or redo is the person's own again. */
const shown = (o: unknown): Origin =>
  o === "undo" || o === "redo" || o === "assistive" ? "typed" : ((o as Origin | undefined) ?? "typed");

function edit(s: ReplayState, e: TraceEvent): ReplayState {
  const index = num(e.payload["file"]);
  const before = s.files[index];
  if (!before) return { ...s, broken: true };
  const inserted = list(e.text?.["inserted"]);
  let { text, spans } = before;
  let pos = s.pos;
  let broken = s.broken || e.erased === true;
  for (const [i, raw] of list(e.payload["changes"]).entries()) {
    const [from, deleted, size] = list(raw).map(num);
    if (from === undefined || deleted === undefined || from + deleted > text.length) {
      broken = true;
      continue;
    }
    const given = inserted[i];
    const add = typeof given === "string" ? given : "\u25a1".repeat(size ?? 0);
    text = text.slice(0, from) + add + text.slice(from + deleted);
    spans = spliceSpans(spans, from, deleted, add.length, shown(e.payload["origin"]));
    pos = from + add.length;
  }
  const want = e.payload["len_after"];
  if (typeof want === "number" && want !== text.length) broken = true;
  const files = s.files.map((f, i) => (i === index ? { path: f.path, text, spans } : f));
  return { ...s, files, file: index, pos, broken };
}

/** Takes the text of a copy; stretches that stayed the same keep their origin. */
function take(s: ReplayState, copy: CodeFile[], origin: Origin): ReplayState {
  const files = copy.map((c): FileState => {
    const had = s.files.find((f) => f.path === c.path);
    if (!had) return { path: c.path, text: c.text, spans: whole(c.text, origin) };
    if (had.text === c.text) return had;
    let head = 0;
    while (head < had.text.length && head < c.text.length && had.text[head] === c.text[head]) head++;
    let tail = 0;
    const most = Math.min(had.text.length, c.text.length) - head;
    while (tail < most && had.text.at(-1 - tail) === c.text.at(-1 - tail)) tail++;
    const spans = spliceSpans(had.spans, head, had.text.length - head - tail, c.text.length - head - tail, origin);
    return { path: c.path, text: c.text, spans };
  });
  return { ...s, files, broken: false, pos: undefined };
}

export function step(s: ReplayState, e: TraceEvent, snapshots: Snapshots): ReplayState {
  const next = { ...s, seq: e.seq, at: timeOf(e) };
  if (e.type === "code_edited") return edit(next, e);
  const id = e.payload["snapshot"];
  if (typeof id !== "string") return next;
  const copy = snapshots(id);
  if (!copy) return next;
  if (e.type === "draft_restored") return take(next, copy, "template");
  if (e.type === "snapshot_taken" && (s.broken || s.files.length === 0)) return take(next, copy, "typed");
  return next;
}

const KEY_EVERY = 200;

/** States along a trace: one kept every 200 events, the rest computed from the nearest. */
export class Film {
  private readonly keys: ReplayState[] = [];
  /** Line of each edit, by seq. */
  readonly lines = new Map<number, number>();
  /** The first copy that is needed to go on after edits that did not fit. */
  needs: string | undefined;

  constructor(
    readonly events: TraceEvent[],
    first: CodeFile[],
    private readonly snapshots: Snapshots,
  ) {
    let s = start(first);
    this.keys.push(s);
    for (const [i, e] of events.entries()) {
      s = step(s, e, snapshots);
      this.note(s, e);
      if ((i + 1) % KEY_EVERY === 0) this.keys.push(s);
    }
  }

  private note(s: ReplayState, e: TraceEvent): void {
    if (e.type === "code_edited" && s.pos !== undefined) {
      const text = s.files[s.file]?.text.slice(0, s.pos) ?? "";
      this.lines.set(e.seq, text.split("\n").length);
    }
    const id = e.payload["snapshot"];
    const wanted = e.type === "draft_restored" || (e.type === "snapshot_taken" && (s.broken || s.files.length === 0));
    if (wanted && typeof id === "string" && !this.snapshots(id)) this.needs ??= id;
  }

  /** The state after the first `n` events. */
  at(n: number): ReplayState {
    const k = Math.min(this.keys.length - 1, Math.floor(n / KEY_EVERY));
    let s = this.keys[k] ?? start([]);
    for (let i = k * KEY_EVERY; i < n; i++) {
      const e = this.events[i];
      if (e) s = step(s, e, this.snapshots);
    }
    return s;
  }
}
