// The two live regions of the shell. Polite for what happened, assertive only for what failed.
import { signal } from "@preact/signals";

export interface Toast {
  id: number;
  text: string;
  kind: "info" | "bad";
}

export const toasts = signal<Toast[]>([]);
let next = 1;

function write(id: string, text: string): void {
  const el = document.getElementById(id);
  if (!el) return;
  el.textContent = "";
  setTimeout(() => (el.textContent = text), 30);
}

export function announce(text: string): void {
  write("live", text);
}

/** Seen for 6 s and read out. */
export function toast(text: string, kind: Toast["kind"] = "info"): void {
  const id = next++;
  toasts.value = toasts.peek().filter((x) => x.text !== text);
  toasts.value = [...toasts.value, { id, text, kind }];
  write(kind === "bad" ? "alert" : "live", text);
  setTimeout(() => dismiss(id), 6000);
}

export function dismiss(id: number): void {
  toasts.value = toasts.value.filter((x) => x.id !== id);
}
