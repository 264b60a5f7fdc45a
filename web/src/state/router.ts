// Where the page is. A path and its query; links are ordinary <a href>, caught here.
import { signal } from "@preact/signals";

export interface Place {
  path: string;
  query: URLSearchParams;
}

function read(): Place {
  return { path: location.pathname.replace(/(.)\/+$/, "$1"), query: new URLSearchParams(location.search) };
}

export const place = signal<Place>(read());

/** Only paths of this app: a full address would be an open redirect. */
export function isLocal(to: string): boolean {
  return to.startsWith("/") && !to.startsWith("//") && !to.includes("\\");
}

export function navigate(to: string, how: "push" | "replace" = "push"): void {
  if (!isLocal(to)) return;
  if (how === "push") history.pushState(null, "", to);
  else history.replaceState(null, "", to);
  place.value = read();
}

/** Changes the query without a new step in the history. */
export function setQuery(pairs: Record<string, string | undefined>): void {
  const q = new URLSearchParams(location.search);
  for (const [k, v] of Object.entries(pairs)) {
    if (v === undefined || v === "") q.delete(k);
    else q.set(k, v);
  }
  const s = q.toString();
  history.replaceState(null, "", location.pathname + (s ? `?${s}` : ""));
  place.value = read();
}

function onClick(e: MouseEvent): void {
  if (e.defaultPrevented || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return;
  const a = e.target instanceof Element ? e.target.closest("a") : null;
  if (!a || a.target || a.hasAttribute("download") || a.origin !== location.origin) return;
  if (a.hash && a.pathname === location.pathname) return;
  e.preventDefault();
  navigate(a.pathname + a.search);
}

export function startRouter(): void {
  addEventListener("popstate", () => (place.value = read()));
  document.addEventListener("click", onClick);
}

/** undefined for broken percent signs, which anyone can put into a link. */
function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

/** Matches "/work/:session" and gives its parameters. */
export function match(pattern: string, path: string): Record<string, string> | undefined {
  const want = pattern.split("/");
  const got = path.split("/");
  if (want.length !== got.length) return undefined;
  const out: Record<string, string> = {};
  for (const [i, w] of want.entries()) {
    const g = got[i] ?? "";
    const value = w.startsWith(":") ? decoded(g) : undefined;
    if (value !== undefined) out[w.slice(1)] = value;
    else if (w !== g) return undefined;
  }
  return out;
}
