// One session seen again: its events, the code at a moment, play, and the check of its chain.
import { computed, signal } from "@preact/signals";
import { call } from "../api/client.ts";
import type { Problem } from "../api/problem.ts";
import type { CodeFile, Run, Session, Verification } from "../api/shapes.ts";
import { Film } from "../replay/reducer.ts";
import { timeOf } from "../replay/marks.ts";
import { Resource } from "./resource.ts";
import { Trace } from "./trace.ts";

const TICK_MS = 100;
const IDLE_MS = 10_000;
const MOST_SNAPSHOTS = 40;
export const SPEEDS = [1, 2, 4, 8, 16];

export class Replay {
  readonly session: Resource<Session>;
  readonly trace: Trace;
  readonly check: Resource<Verification>;
  readonly film = signal<Film | undefined>(undefined);
  /** How many events lie before the cursor. */
  readonly cursor = signal(0);
  readonly playing = signal(false);
  readonly speed = signal(4);
  readonly skipIdle = signal(true);
  /** Why a copy of the code, or a run, could not be read: what is shown is not all. */
  readonly problem = signal<Problem | undefined>(undefined);
  readonly runs = signal<Map<string, Run>>(new Map());
  private readonly copies = new Map<string, CodeFile[]>();
  private clock = 0;
  private timer: ReturnType<typeof setInterval> | undefined;

  readonly state = computed(() => this.film.value?.at(this.cursor.value));
  readonly event = computed(() => this.film.value?.events[this.cursor.value - 1]);

  constructor(readonly id: string) {
    const path = { id };
    this.session = new Resource((signal) => call("GET /sessions/{id}", { path, signal }));
    this.check = new Resource((signal) => call("GET /sessions/{id}/trace/verification", { path, signal }));
    this.trace = new Trace(id);
  }

  async open(at: number | undefined): Promise<void> {
    await Promise.all([this.session.reload(), this.trace.more()]);
    await this.build();
    const n = this.trace.events.peek().length;
    this.cursor.value = at === undefined ? n : Math.min(n, Math.max(1, at));
    void this.check.reload();
  }

  /** Asks for the copies the film needs, one at a time, until none is missing. */
  private async build(): Promise<void> {
    this.problem.value = undefined;
    const events = this.trace.events.peek();
    const first = events.find((e) => e.type === "snapshot_taken" && typeof e.payload["snapshot"] === "string");
    const files = first ? await this.copy(String(first.payload["snapshot"])) : [];
    let film = new Film(events, files, (id) => this.copies.get(id));
    for (let i = 0; i < MOST_SNAPSHOTS && film.needs !== undefined && !this.problem.peek(); i++) {
      await this.copy(film.needs);
      film = new Film(events, files, (id) => this.copies.get(id));
    }
    this.film.value = film;
  }

  /** A copy that was erased is empty; one that could not be read is a problem, and is asked for again next time. */
  private async copy(id: string): Promise<CodeFile[]> {
    const had = this.copies.get(id);
    if (had) return had;
    const r = await call("GET /snapshots/{id}", { path: { id } });
    if (!r.ok && r.problem.status !== 404 && r.problem.status !== 410) {
      this.problem.value = r.problem;
      return [];
    }
    const files = r.ok ? r.value.files : [];
    this.copies.set(id, files);
    return files;
  }

  /** New events of a session that goes on; a cursor at the end stays at the end. */
  async more(): Promise<void> {
    const before = this.trace.events.peek().length;
    await this.trace.more();
    const after = this.trace.events.peek().length;
    if (after === before) return;
    const follow = this.cursor.peek() === before;
    await this.build();
    if (follow) this.cursor.value = after;
  }

  seek(n: number): void {
    const most = this.film.peek()?.events.length ?? 0;
    this.cursor.value = Math.min(most, Math.max(0, n));
    const e = this.event.peek();
    if (e) this.clock = timeOf(e);
  }

  jump(step: 1 | -1, types: string[]): void {
    const events = this.film.peek()?.events ?? [];
    for (let i = this.cursor.peek() - 1 + step; i >= 0 && i < events.length; i += step) {
      const e = events[i];
      if (e && types.includes(e.type)) return this.seek(i + 1);
    }
  }

  toggle(): void {
    if (this.playing.peek()) return this.pause();
    const events = this.film.peek()?.events ?? [];
    if (events.length === 0) return;
    if (this.cursor.peek() >= events.length) this.seek(0);
    const first = events[0];
    const here = this.event.peek() ?? first;
    this.clock = here ? timeOf(here) : 0;
    this.playing.value = true;
    this.timer = setInterval(() => this.tick(), TICK_MS);
  }

  pause(): void {
    clearInterval(this.timer);
    this.playing.value = false;
  }

  private tick(): void {
    const events = this.film.peek()?.events ?? [];
    const next = events[this.cursor.peek()];
    if (!next) return this.pause();
    this.clock += TICK_MS * this.speed.peek();
    if (this.skipIdle.peek() && timeOf(next) - this.clock > IDLE_MS) this.clock = timeOf(next) - 1000;
    let n = this.cursor.peek();
    for (let e = events[n]; e && timeOf(e) <= this.clock; e = events[n]) n++;
    if (n !== this.cursor.peek()) this.cursor.value = n;
  }

  async loadRun(id: string): Promise<void> {
    if (this.runs.peek().has(id)) return;
    const r = await call("GET /runs/{id}", { path: { id } });
    if (!r.ok) this.problem.value = r.problem;
    else this.runs.value = new Map(this.runs.peek()).set(id, r.value);
  }

  leave(): void {
    this.pause();
    this.session.leave();
    this.check.leave();
  }
}

/** The replay on screen, for its acts. */
export const currentReplay = signal<Replay | undefined>(undefined);
