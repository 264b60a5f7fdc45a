// Path -> page: the table of product.md 4, as far as built. The server decides permissions; roles here only choose what to offer.
import type { ComponentType } from "preact";
import type { Area, Key } from "./i18n/t.ts";

export interface PageProps {
  params: Record<string, string>;
}
export interface PageModule {
  Page: ComponentType<PageProps>;
}

export interface Route {
  path: string;
  load: () => Promise<PageModule>;
  title: Key;
  areas: Area[];
  /** any = signed in or not; nobody = only when signed out. */
  who: "any" | "nobody" | "user" | "staff";
  /** bare = without the shell around it. */
  frame: "shell" | "bare";
  nav?: string;
}

const replay = (): Promise<PageModule> => import("./pages/replay/page.tsx");
const progress = (): Promise<PageModule> => import("./pages/progress/page.tsx");

export const ROUTES: Route[] = [
  {
    path: "/login",
    load: () => import("./pages/login/page.tsx"),
    title: "shell.title.login",
    areas: ["login"],
    who: "nobody",
    frame: "bare",
  },
  {
    path: "/setup",
    load: () => import("./pages/login/setup.tsx"),
    title: "shell.title.setup",
    areas: ["login"],
    who: "any",
    frame: "bare",
  },
  {
    path: "/home",
    load: () => import("./pages/home/page.tsx"),
    title: "shell.nav.home",
    areas: ["home"],
    who: "user",
    frame: "shell",
    nav: "/home",
  },
  {
    path: "/practice",
    load: () => import("./pages/practice/page.tsx"),
    title: "shell.nav.practice",
    areas: ["practice"],
    who: "user",
    frame: "shell",
    nav: "/practice",
  },
  {
    path: "/work/:session",
    load: () => import("./pages/work/page.tsx"),
    title: "shell.title.work",
    areas: ["work", "event"],
    who: "user",
    frame: "bare",
  },
  {
    path: "/sessions",
    load: () => import("./pages/sessions/page.tsx"),
    title: "shell.nav.sessions",
    areas: ["home"],
    who: "user",
    frame: "shell",
    nav: "/sessions",
  },
  {
    path: "/sessions/:id",
    load: replay,
    title: "shell.title.replay",
    areas: ["event", "work"],
    who: "user",
    frame: "shell",
    nav: "/sessions",
  },
  {
    path: "/progress",
    load: progress,
    title: "shell.nav.progress",
    areas: ["progress"],
    who: "user",
    frame: "shell",
    nav: "/progress",
  },
  {
    path: "/teach",
    load: () => import("./pages/teach/page.tsx"),
    title: "shell.nav.teach",
    areas: ["teach", "event", "work"],
    who: "staff",
    frame: "shell",
    nav: "/teach",
  },
  {
    path: "/teach/sessions/:id",
    load: replay,
    title: "shell.title.replay",
    areas: ["event", "work"],
    who: "staff",
    frame: "shell",
    nav: "/teach",
  },
  {
    path: "/teach/students/:id",
    load: progress,
    title: "shell.title.student",
    areas: ["progress"],
    who: "staff",
    frame: "shell",
    nav: "/teach",
  },
  {
    path: "/me",
    load: () => import("./pages/me/page.tsx"),
    title: "shell.nav.me",
    areas: ["me"],
    who: "user",
    frame: "shell",
    nav: "/me",
  },
];
