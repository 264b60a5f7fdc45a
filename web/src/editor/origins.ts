// Which origin a transaction has (evidence.md A.3), and its changes as the trace stores them.
import { Annotation, Transaction } from "@codemirror/state";
import type { Change, Origin } from "../state/coalesce.ts";

/** Set by the app on transactions it makes itself. */
export const originOf = Annotation.define<Origin>();
/** Not an edit of the person: not recorded. */
export const silent = Annotation.define<boolean>();

export type PasteOrigin = (text: string) => Origin;

export function origin(tr: Transaction, paste: PasteOrigin): Origin {
  const set = tr.annotation(originOf);
  if (set) return set;
  if (tr.isUserEvent("undo")) return "undo";
  if (tr.isUserEvent("redo")) return "redo";
  if (tr.isUserEvent("input.complete")) return "completion";
  if (tr.isUserEvent("move.drop")) return "pasted_internal";
  if (tr.isUserEvent("input.paste") || tr.isUserEvent("input.drop")) return paste(insertedText(tr));
  return "typed";
}

function insertedText(tr: Transaction): string {
  let out = "";
  tr.changes.iterChanges((_fa, _ta, _fb, _tb, text) => (out += text.toString()));
  return out;
}

/** Left to right; each position is that of the text after the changes before it. */
export function changesOf(tr: Transaction): Change[] {
  const out: Change[] = [];
  tr.changes.iterChanges((fromA, toA, fromB, _toB, text) => {
    out.push({ from: fromB, deleted: toA - fromA, inserted: text.toString() });
  });
  return out;
}
