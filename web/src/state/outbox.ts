// The queue of trace events of one session: kept on the device, sent in order, deleted only when acknowledged.
import { signal } from "@preact/signals";
import type { Result } from "../api/client.ts";
import { clientId } from "../api/ids.ts";
import { fieldNumber, isPassing } from "../api/problem.ts";
import type { Problem } from "../api/problem.ts";
import type { Batch, EventIn } from "../api/shapes.ts";
import { addEvents, countEvents, dropEvents, nextEvents, renumber } from "./db.ts";
import type { Db, Queued } from "./db.ts";

export interface BatchResult {
  accepted: number;
  duplicates: number;
  refused: { i: number; code: string }[];
  head: { seq: number; hash: string };
}

export interface OutboxIo {
  send: (b: Batch, keepalive: boolean) => Promise<Result<BatchResult>>;
  /** Microseconds. */
  now: () => number;
  wait: (ms: number) => Promise<void>;
  /** Only one tab sends the events of a session. */
  exclusive: (work: () => Promise<void>) => Promise<void>;
}

const BATCH_EVENTS = 500;
const BATCH_BYTES = 200_000;
const KEEPALIVE_BYTES = 60_000;
const BACKOFF_MS = [1000, 2000, 4000, 8000, 16_000, 30_000];

export type OutboxState = "idle" | "sending" | "waiting" | "stopped";

const bytes = (e: EventIn): number => JSON.stringify(e).length;

/** As many items from the front as fit. At least one. */
export function fit(items: Queued[], most: number, limit: number): Queued[] {
  let size = 0;
  let n = 0;
  for (const i of items.slice(0, most)) {
    size += bytes(i.event) + 1;
    if (n > 0 && size > limit) break;
    n++;
  }
  return items.slice(0, n);
}

export class Outbox {
  readonly waiting = signal(0);
  readonly state = signal<OutboxState>("idle");
  /** The last problem that stopped or delayed sending. */
  readonly problem = signal<Problem | undefined>(undefined);
  readonly head = signal<{ seq: number; hash: string } | undefined>(undefined);
  /** Events the server would not take. */
  readonly refused = signal(0);
  private running: Promise<void> | undefined;
  private most = BATCH_EVENTS;
  private failures = 0;
  /** Ends a wait early. */
  private kick: (() => void) | undefined;

  constructor(
    private readonly db: Db,
    readonly session: string,
    public client: string,
    private readonly io: OutboxIo,
  ) {}

  async start(): Promise<void> {
    this.waiting.value = await countEvents(this.db, this.session);
  }

  /** Resolves when the events are kept on the device, not when they are sent. */
  async add(events: EventIn[]): Promise<void> {
    if (events.length === 0) return;
    await addEvents(this.db, this.session, this.client, events);
    this.waiting.value += events.length;
  }

  /** Sends until nothing is left or something stops it. Calls join. */
  pump(): Promise<void> {
    this.running ??= this.io
      .exclusive(() => this.loop())
      .finally(() => {
        this.running = undefined;
      });
    return this.running;
  }

  /** After signing in again, or when the network is back. */
  wake(): void {
    this.failures = 0;
    if (this.state.peek() === "stopped") this.state.value = "idle";
    this.kick?.();
    void this.pump();
  }

  private async loop(): Promise<void> {
    for (;;) {
      const items = fit(await nextEvents(this.db, this.session, this.most), this.most, BATCH_BYTES);
      this.waiting.value = await countEvents(this.db, this.session);
      if (items.length === 0) return this.rest();
      this.state.value = "sending";
      const r = await this.io.send(this.batch(items), false);
      if (!(await this.settle(items, r))) return;
    }
  }

  private rest(): void {
    this.state.value = "idle";
    this.problem.value = undefined;
    this.failures = 0;
  }

  private batch(items: Queued[]): Batch {
    const [first] = items;
    return {
      client: first?.client ?? this.client,
      first: first?.n ?? 1,
      client_now: this.io.now(),
      events: items.map((i) => i.event),
    };
  }

  /** What the answer means for the items. False = stop for now. */
  private async settle(items: Queued[], r: Result<BatchResult>): Promise<boolean> {
    const [first] = items;
    const last = items.at(-1);
    if (!first || !last) return false;
    if (r.ok) {
      await dropEvents(this.db, this.session, first.client, last.n);
      this.head.value = r.value.head;
      this.refused.value += r.value.refused.length;
      this.failures = 0;
      this.most = BATCH_EVENTS;
      return true;
    }
    this.problem.value = r.problem;
    if (r.problem.code === "event.gap") return this.gap(first, r.problem);
    if (isPassing(r.problem)) return this.later(r.problem);
    if (r.problem.status === 413 || r.problem.status === 422 || r.problem.status === 400) return this.halve(first);
    this.state.value = "stopped";
    return false;
  }

  private async gap(first: Queued, p: Problem): Promise<boolean> {
    const expected = fieldNumber(p, "first", "expected");
    if (expected !== undefined && expected > first.n) {
      await dropEvents(this.db, this.session, first.client, expected - 1);
      return true;
    }
    const next = clientId();
    await renumber(this.db, this.session, first.client, next);
    if (first.client === this.client) this.client = next;
    return true;
  }

  private async later(p: Problem): Promise<boolean> {
    this.state.value = "waiting";
    const ms = p.retry_after ? p.retry_after * 1000 : (BACKOFF_MS[this.failures] ?? 30_000);
    this.failures = Math.min(this.failures + 1, BACKOFF_MS.length - 1);
    await Promise.race([this.io.wait(ms), new Promise<void>((r) => (this.kick = r))]);
    return this.state.peek() !== "stopped";
  }

  /** A batch the server can't read: smaller ones, until the one event that is at fault is left out. */
  private async halve(first: Queued): Promise<boolean> {
    if (this.most > 1) {
      this.most = Math.max(1, Math.floor(Math.min(this.most, this.waiting.peek() || 1) / 2));
      return true;
    }
    this.refused.value++;
    await dropEvents(this.db, this.session, first.client, first.n);
    this.most = BATCH_EVENTS;
    return true;
  }

  /** The page goes away: one last batch that outlives it. It stays on the device until a later acknowledgement. */
  async lastCall(): Promise<void> {
    const items = fit(await nextEvents(this.db, this.session, BATCH_EVENTS), BATCH_EVENTS, KEEPALIVE_BYTES);
    if (items.length === 0) return;
    const r = await this.io.send(this.batch(items), true);
    const [first] = items;
    const last = items.at(-1);
    if (r.ok && first && last) await dropEvents(this.db, this.session, first.client, last.n);
  }
}
