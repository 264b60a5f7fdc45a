// An act a person can do, as one object. Buttons, keys, palette and the keyboard map read the same table.
import type { Key } from "../i18n/t.ts";
import type { IconName } from "../ui/icon.tsx";

export type Scope = "shell" | "work" | "replay";

/** What an act wants done. `perform` only says it; dispatch does it. */
export type Effect =
  { kind: "navigate"; to: string } | { kind: "command"; run: () => void | Promise<void> } | { kind: "none" };

export interface Action {
  id: string;
  label: Key;
  scope: Scope;
  icon?: IconName;
  /** "Mod-Enter", "Alt-1", "F8", "?" ... Mod is Ctrl, or Cmd on a Mac. */
  keys?: string[];
  /** Not offered in the palette, for example because it needs a place. */
  hidden?: boolean;
  /** true, or the key of the reason why not. */
  when?: () => true | Key;
  perform: () => Effect;
}

export const go = (to: string): Effect => ({ kind: "navigate", to });
export const command = (run: () => void | Promise<void>): Effect => ({ kind: "command", run });
