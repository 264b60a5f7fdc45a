// Lists of sessions, and small reads about one.
import { call } from "../api/client.ts";
import type { Result } from "../api/client.ts";
import type { Session, Workspace } from "../api/shapes.ts";
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
