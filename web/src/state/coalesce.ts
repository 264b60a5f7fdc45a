// Editor changes -> code_edited events (evidence.md A.3, A.4). Pure: time comes with each edit.
import type { Origin } from "../api/origins.ts";

export type { Origin };

/** One replaced range in UTF-16 units of the text as it stands after the ranges before it. */
export interface Change {
  from: number;
  deleted: number;
  inserted: string;
}

export interface Edit {
  file: number;
  origin: Origin;
  changes: Change[];
  keys: number;
  /** Microseconds, never decreasing. */
  at: number;
  lenAfter: number;
}

export interface EditEvent {
  at: number;
  payload: {
    file: number;
    base_rev: number;
    rev: number;
    origin: Origin;
    changes: [number, number, number][];
    keys: number;
    len_after: number;
    span_ms: number;
  };
  text: { inserted: string[] };
}

const GAP_US = 1_000_000;
const SPAN_US = 2_000_000;
const MAX_INSERTED = 200;
const MAX_CHANGES = 200;
/** Longest text of one event: larger pastes are cut into several events. */
const MAX_TEXT = 20_000;

const isPaste = (o: Origin): boolean => o === "pasted_internal" || o === "pasted_external" || o === "tutor_snippet";

/** Typing on after the last insertion lengthens it instead of adding a change. */
function appendChange(list: Change[], c: Change): void {
  const last = list.at(-1);
  if (last && c.deleted === 0 && c.from === last.from + last.inserted.length) last.inserted += c.inserted;
  else list.push({ ...c });
}

const length = (list: Change[]): number => list.reduce((n, c) => n + c.inserted.length, 0);

export class Coalescer {
  private open: (Edit & { first: number }) | undefined;

  /** `rev` is the revision the next edit starts from. */
  constructor(public rev: number) {}

  /** No edit is open. */
  get idle(): boolean {
    return this.open === undefined;
  }

  /** Takes an edit; gives the events that are complete because of it. */
  add(e: Edit): EditEvent[] {
    const out: EditEvent[] = [];
    if (this.open && !this.joins(this.open, e)) out.push(...this.close());
    if (this.open) {
      for (const c of e.changes) appendChange(this.open.changes, c);
      this.open.keys += e.keys;
      this.open.at = e.at;
      this.open.lenAfter = e.lenAfter;
    } else {
      this.open = { ...e, changes: e.changes.map((c) => ({ ...c })), first: e.at };
    }
    if (isPaste(e.origin)) out.push(...this.close());
    return out;
  }

  private joins(open: Edit & { first: number }, e: Edit): boolean {
    return (
      open.file === e.file &&
      open.origin === e.origin &&
      !isPaste(e.origin) &&
      e.at - open.at < GAP_US &&
      e.at - open.first < SPAN_US &&
      length(open.changes) + length(e.changes) <= MAX_INSERTED &&
      open.changes.length + e.changes.length <= MAX_CHANGES
    );
  }

  /** Ends the open edit. Several events when its text is longer than one event may hold. */
  close(): EditEvent[] {
    const o = this.open;
    this.open = undefined;
    if (!o) return [];
    const parts = split(o.changes);
    let grows = parts.reduce((n, p) => n + length(p) - p.reduce((d, c) => d + c.deleted, 0), 0);
    return parts.map((changes, i) => {
      grows -= length(changes) - changes.reduce((d, c) => d + c.deleted, 0);
      return this.event(o, changes, o.lenAfter - grows, i === 0 ? o.keys : 0);
    });
  }

  private event(o: Edit & { first: number }, changes: Change[], lenAfter: number, keys: number): EditEvent {
    const base = this.rev++;
    return {
      at: o.first,
      payload: {
        file: o.file,
        base_rev: base,
        rev: this.rev,
        origin: o.origin,
        changes: changes.map((c) => [c.from, c.deleted, c.inserted.length]),
        keys,
        len_after: lenAfter,
        span_ms: Math.round((o.at - o.first) / 1000),
      },
      text: { inserted: changes.map((c) => c.inserted) },
    };
  }
}

/** Cuts changes so that each group inserts at most MAX_TEXT units and holds at most MAX_CHANGES changes. */
function split(changes: Change[]): Change[][] {
  const groups: Change[][] = [[]];
  let size = 0;
  const put = (c: Change): void => {
    const last = groups.at(-1);
    if (last && last.length < MAX_CHANGES && size + c.inserted.length <= MAX_TEXT) last.push(c);
    else {
      groups.push([c]);
      size = 0;
    }
    size += c.inserted.length;
  };
  for (const c of changes) {
    if (c.inserted.length <= MAX_TEXT) put(c);
    else
      for (const [i, piece] of pieces(c.inserted).entries())
        put({ from: c.from + i * MAX_TEXT, deleted: i === 0 ? c.deleted : 0, inserted: piece });
  }
  return groups.filter((g) => g.length > 0);
}

function pieces(text: string): string[] {
  const out: string[] = [];
  for (let i = 0; i < text.length; i += MAX_TEXT) out.push(text.slice(i, i + MAX_TEXT));
  return out;
}
