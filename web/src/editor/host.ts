// The editor: CodeMirror in a shadow root (its styles are then adopted sheets, which the content policy allows).
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab, undo } from "@codemirror/commands";
import { bracketMatching, indentOnInput, indentUnit } from "@codemirror/language";
import { Compartment, EditorState, Transaction } from "@codemirror/state";
import type { Extension } from "@codemirror/state";
import {
  EditorView,
  drawSelection,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import type { Change, Origin } from "../state/coalesce.ts";
import { languageFor } from "./languages.ts";
import { marks, setMarks, signGutter } from "./marks.ts";
import type { Marks } from "./marks.ts";
import { changesOf, origin, originOf, silent } from "./origins.ts";
import { colours, look } from "./theme.ts";

export interface HostFile {
  path: string;
  text: string;
  readOnly: boolean;
}

export interface HostEdit {
  file: number;
  origin: Origin;
  changes: Change[];
  keys: number;
  lenAfter: number;
}

export interface HostOptions {
  files: HostFile[];
  open: string;
  readOnly: boolean;
  label: (path: string) => string;
  hint: string;
  pasteOrigin: (text: string) => Origin;
  onEdit: (e: HostEdit) => void;
  onCopy: (text: string) => void;
}

const OWN_KEYS = new Set(["Mod-Enter"]);
const TAB_SIZE = 4;
/** One panel at a time (page.css): there a long line goes on below; a wide editor scrolls. */
const narrow = matchMedia("(max-width: 639px)");

export class EditorHost {
  readonly view: EditorView;
  private readonly states = new Map<string, EditorState>();
  private readonly lock = new Compartment();
  private readonly wrap = new Compartment();
  private readonly onWidth = (): void => this.applyWidth();
  private readonly errors = new Map<string, Marks>();
  private path: string;
  private readOnly: boolean;

  constructor(
    element: HTMLElement,
    private readonly o: HostOptions,
  ) {
    this.path = o.files.some((f) => f.path === o.open) ? o.open : (o.files[0]?.path ?? "");
    this.readOnly = o.readOnly;
    for (const f of o.files) this.states.set(f.path, this.stateFor(f));
    const root = element.shadowRoot ?? element.attachShadow({ mode: "open", delegatesFocus: true });
    this.view = new EditorView({
      state: this.states.get(this.path) ?? EditorState.create(),
      root,
      parent: root,
      dispatchTransactions: (trs, view) => this.dispatch(trs, view),
    });
    this.view.dom.style.height = "100%";
    narrow.addEventListener("change", this.onWidth);
  }

  private stateFor(f: HostFile): EditorState {
    return EditorState.create({ doc: f.text, extensions: this.extensions(f) });
  }

  private locked(f: HostFile): Extension {
    const off = this.readOnly || f.readOnly;
    return [EditorState.readOnly.of(off), EditorView.contentAttributes.of(off ? { "aria-readonly": "true" } : {})];
  }

  private extensions(f: HostFile): Extension[] {
    return [
      signGutter,
      lineNumbers(),
      highlightActiveLine(),
      highlightActiveLineGutter(),
      history(),
      drawSelection(),
      indentUnit.of(" ".repeat(TAB_SIZE)),
      EditorState.tabSize.of(TAB_SIZE),
      indentOnInput(),
      bracketMatching(),
      closeBrackets(),
      autocompletion({ icons: false, maxRenderedOptions: 20 }),
      marks,
      look,
      colours,
      ...languageFor(f.path),
      this.lock.of(this.locked(f)),
      this.wrap.of(this.wrapping()),
      EditorView.contentAttributes.of({
        "aria-label": this.o.label(f.path),
        "aria-description": this.o.hint,
        spellcheck: "false",
        autocapitalize: "off",
        autocorrect: "off",
        translate: "no",
      }),
      EditorView.domEventHandlers({ copy: () => this.copied(), cut: () => this.copied() }),
      keymap.of([
        ...closeBracketsKeymap,
        ...completionKeymap,
        ...historyKeymap,
        ...defaultKeymap.filter((k) => !OWN_KEYS.has(k.key ?? "")),
        indentWithTab,
      ]),
    ];
  }

  private wrapping(): Extension {
    return narrow.matches ? EditorView.lineWrapping : [];
  }

  private applyWidth(): void {
    this.view.dispatch({ effects: this.wrap.reconfigure(this.wrapping()) });
  }

  private copied(): boolean {
    const text = this.view.state.selection.ranges.map((r) => this.view.state.sliceDoc(r.from, r.to)).join("\n");
    if (text) this.o.onCopy(text);
    return false;
  }

  private dispatch(trs: readonly Transaction[], view: EditorView): void {
    view.update(trs);
    this.states.set(this.path, view.state);
    for (const tr of trs) if (tr.docChanged && !tr.annotation(silent)) this.report(tr);
  }

  private report(tr: Transaction): void {
    const from = origin(tr, this.o.pasteOrigin);
    this.o.onEdit({
      file: this.o.files.findIndex((f) => f.path === this.path),
      origin: from,
      changes: changesOf(tr),
      keys: from === "typed" || from === "completion" ? 1 : 0,
      lenAfter: tr.newDoc.length,
    });
  }

  texts(): { path: string; text: string }[] {
    return this.o.files.map((f) => ({ path: f.path, text: this.states.get(f.path)?.doc.toString() ?? f.text }));
  }

  openPath(): string {
    return this.path;
  }

  open(path: string): void {
    const next = this.states.get(path);
    if (!next || path === this.path) return;
    this.path = path;
    this.view.setState(next);
    this.applyLock();
    this.applyWidth();
    this.showMarks(path);
  }

  setReadOnly(off: boolean): void {
    this.readOnly = off;
    this.applyLock();
  }

  private applyLock(): void {
    const f = this.o.files.find((x) => x.path === this.path);
    if (f) this.view.dispatch({ effects: this.lock.reconfigure(this.locked(f)) });
  }

  /** Replaces whole texts; recorded as edits of the given origin. */
  replaceAll(files: { path: string; text: string }[], as: Origin): void {
    const back = this.path;
    for (const f of files) {
      const state = this.states.get(f.path);
      if (!state || state.doc.toString() === f.text) continue;
      this.open(f.path);
      const change = { from: 0, to: this.view.state.doc.length, insert: f.text };
      this.view.dispatch({ changes: change, annotations: [originOf.of(as), Transaction.addToHistory.of(true)] });
    }
    this.open(back);
  }

  setMarks(path: string, m: Marks): void {
    this.errors.set(path, m);
    if (path === this.path) this.showMarks(path);
  }

  private showMarks(path: string): void {
    const m = this.errors.get(path);
    if (m) this.view.dispatch({ effects: setMarks.of(m) });
  }

  goTo(line: number, path?: string): void {
    if (path) this.open(path);
    const doc = this.view.state.doc;
    const at = doc.line(Math.min(Math.max(1, line), doc.lines));
    this.view.dispatch({
      selection: { anchor: at.from },
      effects: EditorView.scrollIntoView(at.from, { y: "center" }),
    });
    this.view.focus();
  }

  /** Moves to the next or previous line with an error. */
  nextError(step: 1 | -1): void {
    const lines = this.view.state.field(marks).errors.map((e) => e.line);
    const here = this.view.state.doc.lineAt(this.view.state.selection.main.head).number;
    const sorted = [...lines].sort((a, b) => (a - b) * step);
    const to = sorted.find((l) => (l - here) * step > 0) ?? sorted[0];
    if (to !== undefined) this.goTo(to);
  }

  insert(text: string): void {
    if (this.view.state.readOnly) return;
    this.view.dispatch({ ...this.view.state.replaceSelection(text), userEvent: "input.type", scrollIntoView: true });
    this.view.focus();
  }

  undo(): void {
    undo(this.view);
    this.view.focus();
  }

  focus(): void {
    this.view.focus();
  }

  destroy(): void {
    narrow.removeEventListener("change", this.onWidth);
    this.view.destroy();
  }
}
