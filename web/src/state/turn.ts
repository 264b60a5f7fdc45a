// The dialogue with the tutor: past turns, the one being written, cancel, rating.
import { computed, signal } from "@preact/signals";
import { call, urlOf } from "../api/client.ts";
import { fieldsOf, openStream } from "../api/stream.ts";
import type { Stream, StreamEvent } from "../api/stream.ts";
import { isPassing } from "../api/problem.ts";
import type { Problem } from "../api/problem.ts";
import type { Citation, Turn, TurnWhy } from "../api/shapes.ts";

export interface Streaming {
  turn: string;
  stage: string;
  text: string;
  citations: Citation[];
  notices: string[];
}

const OPEN = new Set(["queued", "running", "streaming"]);
const POLL_MS = 4000;

export class Turns {
  readonly items = signal<Turn[]>([]);
  readonly streaming = signal<Streaming | undefined>(undefined);
  readonly problem = signal<Problem | undefined>(undefined);
  readonly loaded = signal(false);
  readonly sending = signal(false);
  readonly busy = computed(() => this.sending.value || this.streaming.value !== undefined);
  readonly lastRung = computed(() => this.items.value.findLast((t) => t.rung !== undefined)?.rung);
  readonly finished = signal(0);
  private stream: Stream | undefined;
  private poll: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly session: string) {}

  async load(): Promise<void> {
    const r = await call("GET /sessions/{id}/turns", { path: { id: this.session } });
    if (!r.ok) {
      this.problem.value = r.problem;
      return;
    }
    this.items.value = [...r.value.items].sort((a, b) => a.seq - b.seq);
    this.loaded.value = true;
    const open = this.items.peek().find((t) => OPEN.has(t.state));
    if (open) this.follow(open.id);
  }

  async ask(kind: "question" | "hint", text: string, rung: number | undefined): Promise<boolean> {
    if (this.busy.peek()) return false;
    this.sending.value = true;
    this.problem.value = undefined;
    const body = { kind, text, ...(rung === undefined ? {} : { rung }) };
    const r = await call("POST /sessions/{id}/turns", { path: { id: this.session }, body });
    this.sending.value = false;
    if (!r.ok) {
      this.problem.value = r.problem;
      return false;
    }
    this.put(r.value);
    if (OPEN.has(r.value.state)) this.follow(r.value.id);
    return true;
  }

  private put(t: Turn): void {
    const had = this.items.peek().some((x) => x.id === t.id);
    this.items.value = had ? this.items.peek().map((x) => (x.id === t.id ? t : x)) : [...this.items.peek(), t];
  }

  private follow(id: string): void {
    this.stream?.close();
    this.streaming.value = { turn: id, stage: "queued", text: "", citations: [], notices: [] };
    const url = `${urlOf("GET /turns/{id}", { id })}/events`;
    this.stream = openStream(url, { onEvent: (e) => this.event(id, e) });
    clearInterval(this.poll);
    this.poll = setInterval(() => void this.check(id), POLL_MS);
  }

  private event(id: string, e: StreamEvent): boolean {
    const s = this.streaming.peek();
    if (s?.turn !== id) return true;
    const d = fieldsOf(e);
    if (e.event === "stage") this.streaming.value = { ...s, stage: String(d["name"] ?? "") };
    if (e.event === "text") this.streaming.value = { ...s, stage: "writing", text: s.text + String(d["delta"] ?? "") };
    if (e.event === "citation") this.streaming.value = { ...s, citations: [...s.citations, d as unknown as Citation] };
    if (e.event === "notice") this.streaming.value = { ...s, notices: [...s.notices, String(d["code"] ?? "")] };
    if (e.event === "restart") this.streaming.value = { ...s, text: "", citations: [] };
    if (e.event === "done") {
      this.end(id, d["turn"] as Turn | undefined);
      return true;
    }
    if (e.event === "error") {
      this.problem.value = d["problem"] as Problem;
      this.end(id, undefined);
      return true;
    }
    return false;
  }

  /** For the case that the stream is lost: the stored turn is the truth. */
  private async check(id: string): Promise<void> {
    const r = await call("GET /turns/{id}", { path: { id }, tries: 1 });
    if (r.ok && !OPEN.has(r.value.state) && this.streaming.peek()?.turn === id) this.end(id, r.value);
  }

  private end(id: string, turn: Turn | undefined): void {
    clearInterval(this.poll);
    this.stream?.close();
    this.streaming.value = undefined;
    if (turn?.reply !== undefined || turn?.state === "cancelled") this.put(turn);
    else void this.read(id);
    this.finished.value++;
  }

  private async read(id: string): Promise<void> {
    const r = await call("GET /turns/{id}", { path: { id } });
    if (r.ok) this.put(r.value);
  }

  async cancel(): Promise<void> {
    const id = this.streaming.peek()?.turn;
    if (!id) return;
    const r = await call("POST /turns/{id}/cancel", { path: { id }, tries: 1 });
    if (!r.ok && isPassing(r.problem)) this.problem.value = r.problem;
    else await this.check(id);
  }

  async rate(id: string, useful: "yes" | "partly" | "no"): Promise<boolean> {
    const r = await call("POST /turns/{id}/feedback", { path: { id }, body: { useful }, tries: 1 });
    const t = this.items.peek().find((x) => x.id === id);
    if (r.ok && t) this.put({ ...t, useful });
    if (!r.ok) this.problem.value = r.problem;
    return r.ok;
  }

  async why(id: string): Promise<TurnWhy | undefined> {
    const r = await call("GET /turns/{id}/why", { path: { id } });
    if (!r.ok) this.problem.value = r.problem;
    return r.ok ? r.value : undefined;
  }

  leave(): void {
    clearInterval(this.poll);
    this.stream?.close();
  }
}
