// Which dialog of the shell is open. Pages keep their own dialogs themselves.
import { signal } from "@preact/signals";

export type ShellDialog = "palette" | "keys" | undefined;
export const dialog = signal<ShellDialog>(undefined);
/** Single-letter keys can be turned off (WCAG 2.1.4). */
export const letterKeys = signal(true);
