// The acts that exist now: those of the shell, and those of the page on screen.
import { signal } from "@preact/signals";
import { announce, toast } from "../state/announce.ts";
import { navigate } from "../state/router.ts";
import { letterKeys } from "../state/ui.ts";
import { t } from "../i18n/t.ts";
import type { Action } from "./types.ts";

export const actions = signal<Action[]>([]);

/** Adds acts and gives the function that takes them away again. */
export function register(list: Action[]): () => void {
  actions.value = [...actions.peek(), ...list];
  return () => {
    actions.value = actions.peek().filter((a) => !list.includes(a));
  };
}

export function reasonAgainst(a: Action): string | undefined {
  const w = a.when?.() ?? true;
  return w === true ? undefined : t(w as "shell.close");
}

export async function dispatch(a: Action): Promise<void> {
  const why = reasonAgainst(a);
  if (why !== undefined) {
    announce(why);
    toast(why);
    return;
  }
  const e = a.perform();
  if (e.kind === "navigate") navigate(e.to);
  if (e.kind === "command") await e.run();
}

export const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

/** The name of a key press in the notation of the table. */
export function keyName(e: KeyboardEvent): string {
  const mod = isMac ? e.metaKey : e.ctrlKey;
  const name = e.key.length === 1 ? e.key.toUpperCase() : e.key;
  const shift = e.shiftKey && (e.key.length > 1 || /[A-Z]/.test(name));
  const code = e.altKey && /^Digit\d$/.test(e.code) ? e.code.slice(5) : name;
  return [mod ? "Mod" : "", e.altKey ? "Alt" : "", shift ? "Shift" : "", code].filter(Boolean).join("-");
}

/** "Mod-Shift-H" as people read it. */
export function keyText(keys: string): string {
  const names: Record<string, string> = isMac
    ? { Mod: "⌘", Shift: "⇧", Alt: "⌥", Enter: "↵" }
    : { Mod: "Ctrl", Shift: "⇧", Alt: "Alt", Enter: "↵" };
  const extra: Record<string, string> = { ArrowLeft: "←", ArrowRight: "→" };
  return keys
    .split("-")
    .map((k) => names[k] ?? extra[k] ?? k)
    .join(" ");
}

/** The element that has the focus, also inside the shadow root of the editor. */
export function focused(): Element | null {
  let el = document.activeElement;
  while (el?.shadowRoot?.activeElement) el = el.shadowRoot.activeElement;
  return el;
}

export function inText(): boolean {
  const el = focused();
  if (!el) return false;
  if (el instanceof HTMLInputElement) return !NO_TEXT.has(el.type);
  return el instanceof HTMLTextAreaElement || el instanceof HTMLSelectElement
    ? true
    : el instanceof HTMLElement && el.isContentEditable;
}

const NO_TEXT = new Set(["range", "checkbox", "radio", "button", "submit"]);

/** Space belongs to the control that has the focus: it presses it. */
function pressesFocused(name: string): boolean {
  return name === " " && focused()?.matches("button, a, summary, input[type='checkbox'], [role='tab']") === true;
}

function isPlain(keys: string): boolean {
  return !/^(Mod|Alt)-/.test(keys) && !/^F\d/.test(keys) && !/^Shift-F\d/.test(keys);
}

export function onKey(e: KeyboardEvent): void {
  if (e.isComposing || e.defaultPrevented) return;
  const name = keyName(e);
  const all = actions.peek();
  const a = all.findLast((x) => x.keys?.includes(name));
  if (!a) return;
  if (
    isPlain(name) &&
    (inText() || pressesFocused(name) || !letterKeys.peek() || document.querySelector("dialog[open]"))
  )
    return;
  e.preventDefault();
  void dispatch(a);
}
