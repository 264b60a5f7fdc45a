// What is drawn on lines: errors with their message, the region the tutor points at.
import { RangeSet, RangeSetBuilder, StateEffect, StateField } from "@codemirror/state";
import type { EditorState, Text } from "@codemirror/state";
import { Decoration, EditorView, GutterMarker, WidgetType, gutter } from "@codemirror/view";
import type { DecorationSet } from "@codemirror/view";
import { codeParts } from "../ui/inline.tsx";

export interface LineError {
  line: number;
  column?: number;
  endColumn?: number;
  message: string;
  raw: string;
}

export interface Region {
  from: number;
  to: number;
  rung: number;
}

export interface Marks {
  errors: LineError[];
  region: Region | undefined;
}

export const setMarks = StateEffect.define<Marks>();

class Message extends WidgetType {
  constructor(private readonly e: LineError) {
    super();
  }
  override eq(other: Message): boolean {
    return other.e.message === this.e.message && other.e.raw === this.e.raw;
  }
  override toDOM(): HTMLElement {
    const box = document.createElement("div");
    box.className = "cm-line-message";
    for (const [i, part] of codeParts(this.e.message).entries()) {
      const el = i % 2 === 1 ? document.createElement("code") : part;
      if (typeof el !== "string") el.textContent = part;
      box.append(el);
    }
    if (this.e.raw && this.e.raw !== this.e.message) {
      const raw = document.createElement("span");
      raw.className = "cm-line-raw";
      raw.textContent = ` ${this.e.raw}`;
      box.append(raw);
    }
    return box;
  }
}

interface Drawn extends Marks {
  deco: DecorationSet;
}

const inside = (doc: Text, line: number): boolean => line >= 1 && line <= doc.lines;

function draw(doc: Text, m: Marks): Drawn {
  const rows: { from: number; to: number; deco: Decoration }[] = [];
  const r = m.region;
  if (r)
    for (let n = r.from; n <= r.to && inside(doc, n); n++) {
      const at = doc.line(n).from;
      rows.push({ from: at, to: at, deco: Decoration.line({ class: "cm-region" }) });
    }
  for (const e of m.errors) {
    if (!inside(doc, e.line)) continue;
    const line = doc.line(e.line);
    rows.push({ from: line.from, to: line.from, deco: Decoration.line({ class: "cm-bad-line" }) });
    const a = Math.min(line.from + Math.max(0, (e.column ?? 1) - 1), line.to);
    const b = Math.min(e.endColumn ? line.from + e.endColumn - 1 : line.to, line.to);
    if (e.column && b > a) rows.push({ from: a, to: b, deco: Decoration.mark({ class: "cm-squig" }) });
    rows.push({
      from: line.to,
      to: line.to,
      deco: Decoration.widget({ widget: new Message(e), block: true, side: 1 }),
    });
  }
  return {
    ...m,
    deco: Decoration.set(
      rows.map((x) => x.deco.range(x.from, x.to)),
      true,
    ),
  };
}

/** An edited line loses its message: it was about other text. */
function afterEdit(
  d: Drawn,
  oldDoc: Text,
  doc: Text,
  touched: (from: number, to: number) => boolean,
  map: (p: number) => number,
): Drawn {
  const errors = d.errors.flatMap((e) => {
    if (!inside(oldDoc, e.line)) return [];
    const line = oldDoc.line(e.line);
    return touched(line.from, line.to) ? [] : [{ ...e, line: doc.lineAt(map(line.from)).number }];
  });
  const r = d.region;
  const region =
    r && inside(oldDoc, r.from)
      ? {
          ...r,
          from: doc.lineAt(map(oldDoc.line(r.from).from)).number,
          to: doc.lineAt(map(oldDoc.line(Math.min(r.to, oldDoc.lines)).from)).number,
        }
      : undefined;
  return draw(doc, { errors, region });
}

export const marks = StateField.define<Drawn>({
  create: () => ({ errors: [], region: undefined, deco: Decoration.none }),
  update(value, tr) {
    for (const e of tr.effects) if (e.is(setMarks)) return draw(tr.newDoc, e.value);
    if (!tr.docChanged || (value.errors.length === 0 && !value.region)) return value;
    const touched = (from: number, to: number): boolean => tr.changes.touchesRange(from, to) !== false;
    return afterEdit(value, tr.startState.doc, tr.newDoc, touched, (p) => tr.changes.mapPos(p, 1));
  },
  provide: (f) => EditorView.decorations.from(f, (d) => d.deco),
});

class Sign extends GutterMarker {
  constructor(
    private readonly text: string,
    private readonly kind: string,
  ) {
    super();
  }
  override eq(other: Sign): boolean {
    return other.text === this.text && other.kind === this.kind;
  }
  override toDOM(): HTMLElement {
    const el = document.createElement("span");
    el.className = `cm-sign ${this.kind}`;
    el.textContent = this.text;
    el.setAttribute("aria-hidden", "true");
    return el;
  }
}

function signs(state: EditorState): RangeSet<GutterMarker> {
  const m = state.field(marks);
  const rows = new Map<number, Sign>();
  if (m.region && inside(state.doc, m.region.from))
    rows.set(state.doc.line(m.region.from).from, new Sign(String(m.region.rung), "rung"));
  for (const e of m.errors) if (inside(state.doc, e.line)) rows.set(state.doc.line(e.line).from, new Sign("!", "bad"));
  const b = new RangeSetBuilder<GutterMarker>();
  for (const [at, s] of [...rows].sort((x, y) => x[0] - y[0])) b.add(at, at, s);
  return b.finish();
}

export const signGutter = gutter({
  class: "cm-signs",
  markers: (view) => signs(view.state),
  initialSpacer: () => new Sign(" ", ""),
});
