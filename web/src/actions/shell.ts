// Acts that are there on every page.
import { toast } from "../state/announce.ts";
import { isStaff, logout, me, saveMe } from "../state/me.ts";
import { applyTheme, keep, resolved, theme } from "../state/prefs.ts";
import { dialog } from "../state/ui.ts";
import { navigate } from "../state/router.ts";
import { problemText } from "../i18n/problem.ts";
import { lang, setLang, t } from "../i18n/t.ts";
import type { Key, Lang } from "../i18n/t.ts";
import type { Theme } from "../api/shapes.ts";
import { command, go } from "./types.ts";
import type { Action } from "./types.ts";
import type { IconName } from "../ui/icon.tsx";

export interface NavItem {
  to: string;
  label: Key;
  icon: IconName;
  staff: boolean;
}

export const NAV: NavItem[] = [
  { to: "/home", label: "shell.nav.home", icon: "home", staff: false },
  { to: "/practice", label: "shell.nav.practice", icon: "book", staff: false },
  { to: "/sessions", label: "shell.nav.sessions", icon: "list", staff: false },
  { to: "/progress", label: "shell.nav.progress", icon: "chart", staff: false },
  { to: "/teach", label: "shell.nav.teach", icon: "people", staff: true },
];

export async function chooseTheme(next: Theme): Promise<void> {
  applyTheme(next);
  if (me.peek()) await saveMe({ theme: next });
}

export async function chooseLang(next: Lang): Promise<void> {
  keep("locale", next);
  await setLang(next);
  if (me.peek()) await saveMe({ locale: next });
}

export async function signOut(): Promise<void> {
  const problem = await logout();
  if (problem) return toast(t("shell.sign_out.failed", { why: problemText(problem) }), "bad");
  navigate("/login");
}

const signedIn = (): true | Key => (me.value ? true : "shell.why.signed_out");

export const shellActions: Action[] = [
  {
    id: "shell.palette",
    label: "shell.act.palette",
    scope: "shell",
    icon: "search",
    keys: ["Mod-K"],
    hidden: true,
    when: signedIn,
    perform: () => command(() => void (dialog.value = "palette")),
  },
  {
    id: "shell.keys",
    label: "shell.act.keys",
    scope: "shell",
    keys: ["?"],
    perform: () => command(() => void (dialog.value = "keys")),
  },
  ...NAV.map((n): Action => ({
    id: `go.${n.to}`,
    label: n.label,
    scope: "shell",
    icon: n.icon,
    hidden: false,
    when: () => (!n.staff || isStaff.value ? true : "shell.why.staff"),
    perform: () => go(n.to),
  })),
  { id: "go./me", label: "shell.nav.me", scope: "shell", icon: "person", perform: () => go("/me") },
  {
    id: "shell.theme",
    label: "shell.act.theme",
    scope: "shell",
    perform: () => command(() => chooseTheme(resolved(theme.value) === "light" ? "dark" : "light")),
  },
  {
    id: "shell.lang",
    label: "shell.act.lang",
    scope: "shell",
    perform: () => command(() => chooseLang(lang.value === "es" ? "en" : "es")),
  },
  {
    id: "shell.sign_out",
    label: "shell.act.sign_out",
    scope: "shell",
    when: signedIn,
    perform: () => command(signOut),
  },
];
