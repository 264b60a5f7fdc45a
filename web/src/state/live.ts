// The class as it happens: rows by student, an order that can be held still.
import { signal } from "@preact/signals";
import { call, urlOf } from "../api/client.ts";
import type { Result } from "../api/client.ts";
import { openStream } from "../api/stream.ts";
import type { Stream, StreamEvent } from "../api/stream.ts";
import type { Problem } from "../api/problem.ts";
import type { Course, Live } from "../api/shapes.ts";
import { Resource } from "./resource.ts";

export const courses = new Resource<Course[]>(async (signal): Promise<Result<Course[]>> => {
  const r = await call("GET /courses", { signal });
  return r.ok ? { ...r, value: r.value.items } : r;
});

const minutes = (r: Live, now: number): number => (r.since ? Math.max(0, now - Date.parse(r.since)) / 60_000 : 0);

/** Help asked for by age, then stuck by confidence x minutes, then by last activity. Smaller comes first. */
export function rank(r: Live, now: number): [number, number] {
  if (r.state === "waiting" || r.why.code === "declared") return [0, -minutes(r, now)];
  if (r.state === "stuck") return [1, -(r.confidence ?? 0.5) * minutes(r, now)];
  const active = r.active_at ? Date.parse(r.active_at) : 0;
  return [r.state === "not_started" ? 3 : 2, -active];
}

export function ordered(rows: Live[], now: number): string[] {
  return rows
    .map((r) => ({ id: r.user.id, k: rank(r, now), name: r.user.name }))
    .sort((a, b) => a.k[0] - b.k[0] || a.k[1] - b.k[1] || a.name.localeCompare(b.name))
    .map((x) => x.id);
}

export class LiveClass {
  readonly rows = signal<Map<string, Live>>(new Map());
  readonly order = signal<string[]>([]);
  /** Students whose place would change if the order were let go. */
  readonly pending = signal(0);
  readonly ready = signal(false);
  /** Since when nothing is received, ms. */
  readonly lost = signal<number | undefined>(undefined);
  readonly problem = signal<Problem | undefined>(undefined);
  readonly asOf = signal(Date.now());
  private held = false;
  private readonly stream: Stream;

  constructor(course: string) {
    this.stream = openStream(`${urlOf("GET /courses/{id}", { id: course })}/events`, {
      onEvent: (e) => this.event(e),
      onState: (s) => {
        if (s === "lost") this.lost.value ??= Date.now();
        else this.lost.value = undefined;
      },
      onProblem: (p) => (this.problem.value = p),
    });
  }

  private event(e: StreamEvent): boolean {
    this.problem.value = undefined;
    this.asOf.value = Date.now();
    const d = e.data as { students?: Live[] } & Live;
    if (e.event === "snapshot") {
      this.rows.value = new Map((d.students ?? []).map((r) => [r.user.id, r]));
      this.ready.value = true;
    }
    if (e.event === "student" && d.user) this.rows.value = new Map(this.rows.peek()).set(d.user.id, d);
    this.arrange();
    return false;
  }

  private arrange(): void {
    const next = ordered([...this.rows.peek().values()], Date.now());
    const now = this.order.peek();
    if (!this.held || now.length === 0) {
      this.order.value = next;
      this.pending.value = 0;
      return;
    }
    this.pending.value = next.filter((id, i) => now[i] !== id).length;
  }

  /** While pointer or focus is inside the table nothing moves under it. */
  hold(on: boolean): void {
    this.held = on;
    if (!on) this.arrange();
  }

  apply(): void {
    const held = this.held;
    this.held = false;
    this.arrange();
    this.held = held;
  }

  leave(): void {
    this.stream.close();
  }
}
