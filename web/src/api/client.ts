// One way to the server: call(). It never throws for an answer of the server, and never for the lack of one.
import { ROUTE_FLAGS } from "./routes.gen.ts";
import type { Routes } from "./routes.gen.ts";
import { clientProblem, isPassing, problemFrom } from "./problem.ts";
import type { Problem } from "./problem.ts";
import { uuidv7 } from "./ids.ts";

export type RouteId = keyof Routes;
export type Out<R extends RouteId> = Routes[R]["out"];
export type Result<T> = { ok: true; value: T; status: number; etag?: string } | { ok: false; problem: Problem };

type Arg<N extends string, V> = [V] extends [void] ? { [K in N]?: never } : { [K in N]: V };
type QueryArg<V> = [V] extends [void] ? { query?: never } : { query?: V };
export type Args<R extends RouteId> = Arg<"path", Routes[R]["path"]> &
  QueryArg<Routes[R]["query"]> &
  Arg<"body", Routes[R]["body"]> & {
    /** Idempotency-Key; made here when the route needs one and none is given. */
    key?: string;
    ifMatch?: string;
    signal?: AbortSignal;
    /** Sent even while the page goes away; never retried. */
    keepalive?: boolean;
    tries?: number;
  };

const BASE = "/api/v1";
const TIMEOUT_MS = 15_000;
const TRIES = 4;

/** Set by the app: language of answers, and what to do when the login is gone. */
export const hooks = {
  locale: (): string => "es",
  unauthorised: (): void => undefined,
  /** Told after each exchange: round trip in ms, or undefined when there was no answer. */
  measured: (_ms: number | undefined, _status: number): void => undefined,
  sleep: (ms: number): Promise<void> => new Promise((r) => setTimeout(r, ms)),
};

export function urlOf(route: RouteId, path?: Record<string, string>, query?: Record<string, unknown>): string {
  const template = route.slice(route.indexOf(" ") + 1);
  const filled = template.replace(/\{(\w+)\}/g, (_m, k: string) => encodeURIComponent(path?.[k] ?? ""));
  const pairs = Object.entries(query ?? {}).filter(([, v]) => v !== undefined && v !== "");
  const search = new URLSearchParams(pairs.map(([k, v]) => [k, String(v)])).toString();
  return BASE + filled + (search ? `?${search}` : "");
}

export function headersFor(method: string, extra: Record<string, string> = {}): Record<string, string> {
  const h: Record<string, string> = { Accept: "application/json", "Accept-Language": hooks.locale(), ...extra };
  if (method !== "GET") h["X-Requested-By"] = "ainative";
  return h;
}

interface Plain {
  path?: Record<string, string>;
  query?: Record<string, unknown>;
  body?: unknown;
  key?: string;
  ifMatch?: string;
  signal?: AbortSignal;
  keepalive?: boolean;
  tries?: number;
}

function requestOf(route: RouteId, a: Plain): { url: string; init: RequestInit; repeatable: boolean } {
  const method = route.slice(0, route.indexOf(" "));
  const flags = ROUTE_FLAGS[route] ?? "";
  const key = a.key ?? (flags.includes("k") ? uuidv7() : undefined);
  const headers = headersFor(method, {
    ...(a.body === undefined ? {} : { "Content-Type": "application/json" }),
    ...(key ? { "Idempotency-Key": key } : {}),
    ...(a.ifMatch ? { "If-Match": a.ifMatch } : {}),
  });
  const init: RequestInit = { method, headers, credentials: "same-origin", keepalive: a.keepalive ?? false };
  if (a.body !== undefined) init.body = JSON.stringify(a.body);
  return { url: urlOf(route, a.path, a.query), init, repeatable: method === "GET" || key !== undefined };
}

async function bodyOf(res: Response): Promise<unknown> {
  if (res.status === 204 || res.status === 202) {
    const text = await res.text();
    return text ? (JSON.parse(text) as unknown) : undefined;
  }
  return res.json() as Promise<unknown>;
}

async function once<T>(url: string, init: RequestInit, outer?: AbortSignal): Promise<Result<T>> {
  const timer = AbortSignal.timeout(TIMEOUT_MS);
  const signal = outer ? AbortSignal.any([outer, timer]) : timer;
  const started = performance.now();
  try {
    const res = await fetch(url, { ...init, signal });
    hooks.measured(performance.now() - started, res.status);
    const body = await bodyOf(res).catch(() => null);
    if (!res.ok) return { ok: false, problem: problemFrom(res.status, body, res.headers.get("Retry-After")) };
    if (body === null) return { ok: false, problem: clientProblem("net.bad_answer", res.status) };
    const etag = res.headers.get("ETag");
    return { ok: true, value: body as T, status: res.status, ...(etag ? { etag } : {}) };
  } catch {
    if (outer?.aborted) return { ok: false, problem: clientProblem("net.timeout") };
    hooks.measured(undefined, 0);
    return { ok: false, problem: clientProblem(timer.aborted ? "net.timeout" : "net.offline") };
  }
}

/** Full jitter: 0.5 to 8 s, doubling; Retry-After wins. */
export function delay(attempt: number, retryAfter: number | undefined, random = Math.random()): number {
  if (retryAfter !== undefined) return Math.min(retryAfter * 1000, 30_000);
  const top = Math.min(500 * 2 ** attempt, 8000);
  return 250 + random * (top - 250);
}

export async function call<R extends RouteId>(route: R, args: Args<R>): Promise<Result<Out<R>>> {
  const a = args as Plain;
  const { url, init, repeatable } = requestOf(route, a);
  const tries = a.keepalive || !repeatable ? 1 : (a.tries ?? TRIES);
  let last: Result<Out<R>> = { ok: false, problem: clientProblem("net.offline") };
  for (let i = 0; i < tries; i++) {
    last = await once<Out<R>>(url, init, a.signal);
    if (last.ok || a.signal?.aborted || !isPassing(last.problem)) break;
    if (last.problem.status === 429 && i > 0) break;
    if (i + 1 < tries) await hooks.sleep(delay(i, last.problem.retry_after));
  }
  if (!last.ok && last.problem.status === 401 && last.problem.code !== "auth.invalid") hooks.unauthorised();
  return last;
}
