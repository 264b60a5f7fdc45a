// The one way a page fetches: keeps the last data while loading again, drops late answers, aborts on leave.
import { signal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import type { Result } from "../api/client.ts";
import type { Problem } from "../api/problem.ts";

export interface Loaded<T> {
  state: "idle" | "loading" | "ready" | "stale" | "failed";
  data?: T;
  problem?: Problem;
  /** When the data was current, ms. */
  as_of?: number;
  etag?: string;
}

export class Resource<T> {
  readonly value: Signal<Loaded<T>> = signal<Loaded<T>>({ state: "idle" });
  private turn = 0;
  private abort: AbortController | undefined;

  constructor(private readonly load: (signal: AbortSignal) => Promise<Result<T>>) {}

  get data(): T | undefined {
    return this.value.value.data;
  }

  async reload(): Promise<Loaded<T>> {
    const mine = ++this.turn;
    this.abort?.abort();
    this.abort = new AbortController();
    const before = this.value.peek();
    this.value.value = { ...before, state: "loading" };
    const r = await this.load(this.abort.signal);
    if (mine !== this.turn) return this.value.peek();
    if (r.ok) this.set(r.value, r.etag);
    else if (before.data !== undefined) this.value.value = { ...before, state: "stale", problem: r.problem };
    else this.value.value = { state: "failed", problem: r.problem };
    return this.value.peek();
  }

  /** Loads once; later calls only when it failed before. */
  ensure(): void {
    const s = this.value.peek().state;
    if (s === "idle" || s === "failed") void this.reload();
  }

  set(data: T, etag?: string): void {
    this.value.value = { state: "ready", data, as_of: Date.now(), ...(etag ? { etag } : {}) };
  }

  /** Leaves the page: a running request is dropped, data stays. */
  leave(): void {
    this.turn++;
    this.abort?.abort();
    const v = this.value.peek();
    if (v.state === "loading") this.value.value = v.data === undefined ? { state: "idle" } : { ...v, state: "stale" };
  }
}
