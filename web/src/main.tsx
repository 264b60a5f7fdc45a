// Mount: who is signed in, which page is asked for, one error boundary per page.
import { Component, render } from "preact";
import type { ComponentChildren, ComponentType } from "preact";
import { useSignalEffect } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import "./style/tokens.css";
import "./style/base.css";
import "./style/shell.css";
import { hooks } from "./api/client.ts";
import { wakeStreams } from "./api/stream.ts";
import { lang, loadAreas, setLang, t } from "./i18n/t.ts";
import { inText, onKey, register } from "./actions/registry.ts";
import { shellActions } from "./actions/shell.ts";
import { boot, bootProblem, isStaff, loginLost, lostLogin, me } from "./state/me.ts";
import { toast } from "./state/announce.ts";
import { measured, startNet } from "./state/net.ts";
import { applyTheme, followSystem, hasSavedLocale, hasSavedTheme, savedLocale, theme } from "./state/prefs.ts";
import { isLocal, match, navigate, place, startRouter } from "./state/router.ts";
import { LoginLost } from "./pages/login/overlay.tsx";
import { Frame } from "./pages/shell/frame.tsx";
import { CrashPage, MissingPage, OfflinePage } from "./pages/shell/states.tsx";
import { Overlays } from "./pages/shell/overlays.tsx";
import { refused } from "./ui/button.tsx";
import { Skeleton } from "./ui/state.tsx";
import { ROUTES } from "./routes.ts";
import type { PageProps, Route } from "./routes.ts";

class Boundary extends Component<{ children: ComponentChildren }, { failed: boolean }> {
  override state = { failed: false };
  override componentDidCatch(error: unknown): void {
    console.error(error);
    this.setState({ failed: true });
  }
  override render() {
    return this.state.failed ? <CrashPage /> : this.props.children;
  }
}

function find(path: string): { route: Route; params: Record<string, string> } | undefined {
  for (const route of ROUTES) {
    const params = match(route.path, path);
    if (params) return { route, params };
  }
  return undefined;
}

/** Where a person lands who asked for a page that is not for now. */
function redirect(path: string, route: Route | undefined): string | undefined {
  if (path === "/") return me.value ? (isStaff.value ? "/teach" : "/home") : "/login";
  if (!route) return undefined;
  if (me.value === null && (route.who === "user" || route.who === "staff"))
    return `/login?next=${encodeURIComponent(path)}`;
  if (me.value && route.who === "nobody") {
    const next = place.peek().query.get("next") ?? "";
    return isLocal(next) && next !== "/" && !next.startsWith("/login") ? next : isStaff.value ? "/teach" : "/home";
  }
  return undefined;
}

function Lazy({ route, params }: { route: Route; params: Record<string, string> }) {
  const [page, setPage] = useState<ComponentType<PageProps> | "failed" | undefined>(undefined);
  useEffect(() => {
    let live = true;
    setPage(undefined);
    Promise.all([route.load(), loadAreas(route.areas)])
      .then(([m]) => live && setPage(() => m.Page))
      .catch(() => live && setPage("failed"));
    return () => void (live = false);
  }, [route]);
  useEffect(() => {
    document.title = `${t(route.title as "shell.nav.home")} - AI-Native`;
  }, [route, lang.value]);
  if (page === "failed") return <CrashPage />;
  if (!page) return <Skeleton />;
  const P = page;
  return <P params={params} />;
}

function App() {
  const { path } = place.value;
  const found = find(path);
  const to = me.value === undefined ? undefined : redirect(path, found?.route);
  useEffect(() => {
    if (to) navigate(to, "replace");
  }, [to]);
  if (bootProblem.value) return <OfflinePage problem={bootProblem.value} retry={() => void boot()} />;
  if (me.value === undefined || to) return <div class="main">{<Skeleton />}</div>;
  if (!found || (found.route.who === "staff" && !isStaff.value)) {
    return me.value ? (
      <Frame>
        <MissingPage />
      </Frame>
    ) : (
      <MissingPage />
    );
  }
  const body = (
    <Boundary key={path}>
      <Lazy route={found.route} params={found.params} />
    </Boundary>
  );
  return found.route.frame === "shell" ? <Frame nav={found.route.nav}>{body}</Frame> : body;
}

/** A new page moves the focus to its heading, so that readers and keys start there. */
function focusHeading(): void {
  const h = document.querySelector<HTMLElement>("h1");
  if (!h || document.querySelector("dialog[open]")) return;
  h.tabIndex = -1;
  h.focus({ preventScroll: true });
}

function Root() {
  useSignalEffect(() => {
    const u = me.value;
    if (!u) return;
    if (!hasSavedLocale() && u.locale !== lang.peek()) void setLang(u.locale);
    if (u.theme && !hasSavedTheme() && u.theme !== theme.peek()) applyTheme(u.theme);
  });
  const { path } = place.value;
  const [first, setFirst] = useState(true);
  useEffect(() => {
    if (first) return setFirst(false);
    scrollTo(0, 0);
    const at = setTimeout(focusHeading, 150);
    return () => clearTimeout(at);
  }, [path]);
  return (
    <>
      <App />
      <Overlays />
      {loginLost.value && <LoginLost />}
    </>
  );
}

async function start(): Promise<void> {
  hooks.locale = () => lang.peek();
  hooks.measured = measured;
  hooks.unauthorised = () => lostLogin(inText());
  addEventListener("online", wakeStreams);
  refused.tell = toast;
  startNet();
  startRouter();
  followSystem();
  register(shellActions);
  addEventListener("keydown", onKey);
  lang.value = savedLocale();
  document.documentElement.lang = lang.value;
  await Promise.all([boot(), loadAreas(["shell", "problem"])]);
  const root = document.getElementById("app");
  if (!root) return;
  root.textContent = "";
  render(<Root />, root);
}

void start();
