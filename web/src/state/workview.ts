// What is shown of the open session: panels, tabs, dialogs, and texts not sent yet.
import { signal } from "@preact/signals";
import type { Work } from "./work.ts";

export type Panel = "statement" | "code" | "results" | "tutor";
export type WorkDialog =
  | { kind: "submit" | "finish" | "recorded" | "rules" | "reflect" | "events" | "stuck" }
  | { kind: "critique" | "why"; turn: string };

export const current = signal<Work | undefined>(undefined);
/** The one panel on a phone. */
export const panel = signal<Panel>("code");
/** The panel that shares the side on a medium screen. */
export const side = signal<"statement" | "tutor">("tutor");
export const leftTab = signal<"statement" | "plan">("statement");
export const resultTab = signal<"tests" | "output" | "diagnostics" | "input">("tests");
export const workDialog = signal<WorkDialog | undefined>(undefined);
export const question = signal("");
export const stdin = signal("");
export const selectedTest = signal<number | undefined>(undefined);
/** Results came while another panel was shown. */
export const freshResults = signal(false);
export const freshReply = signal(false);

export function show(p: Panel): void {
  panel.value = p;
  if (p === "statement" || p === "tutor") side.value = p;
  if (p === "results") freshResults.value = false;
  if (p === "tutor") freshReply.value = false;
}

/** Moves the focus into a panel: its editor, field, or first control. */
export function focusPanel(p: Panel): void {
  show(p);
  setTimeout(() => {
    if (p === "code") return current.peek()?.editor?.focus();
    const el = document.getElementById(`p-${p}`);
    const first =
      p === "tutor"
        ? el?.querySelector<HTMLElement>("textarea")
        : el?.querySelector<HTMLElement>("button, a, [tabindex='0']");
    first?.focus();
  }, 0);
}

export function resetView(): void {
  panel.value = "code";
  side.value = "tutor";
  leftTab.value = "statement";
  resultTab.value = "tests";
  workDialog.value = undefined;
  question.value = "";
  stdin.value = "";
  selectedTest.value = undefined;
  freshResults.value = false;
  freshReply.value = false;
}
