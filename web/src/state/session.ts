// Lists of sessions, and small reads about one.
import { call } from "../api/client.ts";
import type { Result } from "../api/client.ts";
import type { Run, Session, Turn, Workspace } from "../api/shapes.ts";
import { Resource } from "./resource.ts";

const PAGE = 50;

/** Own sessions, the latest first. */
export const ownSessions = new Resource<Session[]>(async (signal): Promise<Result<Session[]>> => {
  const items: Session[] = [];
  let cursor: string | undefined;
  do {
    const r = await call("GET /sessions", { query: { limit: PAGE, ...(cursor ? { cursor } : {}) }, signal });
    if (!r.ok) return r;
    items.push(...r.value.items);
    cursor = r.value.next;
  } while (cursor && items.length < 500);
  items.sort((a, b) => Date.parse(b.active_at) - Date.parse(a.active_at));
  return { ok: true, value: items, status: 200 };
});

export const isOpen = (s: { state: string }): boolean => s.state !== "closed" && s.state !== "abandoned";

export function workspaceOf(id: string): Resource<Workspace> {
  return new Resource((signal) => call("GET /sessions/{id}/workspace", { path: { id }, signal }));
}

/** Id of the last run of the tests, from the trace. */
async function lastTestsRun(session: string, signal: AbortSignal): Promise<Result<string | undefined>> {
  let from = 1;
  let run: string | undefined;
  for (;;) {
    const query = { type: "tests_finished", from_seq: from };
    const r = await call("GET /sessions/{id}/trace", { path: { id: session }, query, signal });
    if (!r.ok) return r;
    // The tests of a submission have ended too, but name no run.
    for (const e of r.value.items) if (typeof e.payload["run"] === "string") run = e.payload["run"];
    if (r.value.next === undefined) return { ...r, value: run };
    from = r.value.next;
  }
}

/** The last run of the tests of a session; without `run` when there was none. */
export function lastRunOf(session: string): Resource<{ run?: Run }> {
  return new Resource(async (signal): Promise<Result<{ run?: Run }>> => {
    const last = await lastTestsRun(session, signal);
    if (!last.ok) return last;
    if (last.value === undefined) return { ...last, value: {} };
    const r = await call("GET /runs/{id}", { path: { id: last.value }, signal });
    return r.ok ? { ...r, value: { run: r.value } } : r;
  });
}

export function turnsOf(session: string): Resource<Turn[]> {
  return new Resource(async (signal): Promise<Result<Turn[]>> => {
    const r = await call("GET /sessions/{id}/turns", { path: { id: session }, signal });
    return r.ok ? { ...r, value: r.value.items } : r;
  });
}
