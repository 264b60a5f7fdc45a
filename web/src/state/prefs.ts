// What this device remembers about the look: theme, language, panel sizes. Nothing personal.
import { signal } from "@preact/signals";
import type { Theme } from "../api/shapes.ts";

function get(k: string): string | null {
  try {
    return localStorage.getItem(k);
  } catch {
    return null;
  }
}

export function keep(k: string, v: string): void {
  try {
    localStorage.setItem(k, v);
  } catch {
    /* storage refused: the choice lasts as long as the page */
  }
}

const THEMES: readonly string[] = ["system", "light", "dark", "contrast"];
const stored = get("theme");
export const theme = signal<Theme>(stored && THEMES.includes(stored) ? (stored as Theme) : "system");
export const savedLocale = (): "es" | "en" => (get("locale") === "en" ? "en" : "es");
/** This device has a choice of its own: it wins over the account's. */
export const hasSavedTheme = (): boolean => get("theme") !== null;
export const hasSavedLocale = (): boolean => get("locale") !== null;

export function resolved(choice: Theme): "light" | "dark" | "contrast" {
  if (choice !== "system") return choice;
  if (matchMedia("(prefers-contrast: more)").matches) return "contrast";
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

export function applyTheme(choice: Theme): void {
  theme.value = choice;
  keep("theme", choice);
  document.documentElement.dataset["theme"] = resolved(choice);
}

export function followSystem(): void {
  const again = (): void => {
    if (theme.peek() === "system") document.documentElement.dataset["theme"] = resolved("system");
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  matchMedia("(prefers-contrast: more)").addEventListener("change", again);
}

/** A number kept on this device, such as a panel width. */
export function keptNumber(key: string, fallback: number): number {
  const v = Number(get(key));
  return Number.isFinite(v) && v > 0 ? v : fallback;
}
