// What the browser records of a session: edits, copies, focus, reading time. Queued on the device, sent every 1.5 s.
import { signal } from "@preact/signals";
import { sha256, uuidv7 } from "../api/ids.ts";
import type { EventIn } from "../api/shapes.ts";
import { Coalescer } from "./coalesce.ts";
import type { Edit, EditEvent } from "./coalesce.ts";
import { nowUs } from "./clock.ts";
import type { Outbox } from "./outbox.ts";

export type CopySource = "editor" | "statement" | "tutor" | "output" | "other";

const FLUSH_MS = 1500;
const MANY = 50;
const READ_MIN_MS = 1000;
const READ_EVERY_MS = 60_000;
const COPIES = 40;
const STILL_TRIES = 5;
const STILL_MS = 3000;

/** Copied and pasted text are compared without differences of line ends and outer space. */
export const normal = (s: string): string => s.replace(/\r\n?/g, "\n").normalize("NFC").trim();

export class Capture {
  readonly edits: Coalescer;
  /** The device refused to store events: the record has a hole that nothing can fill. */
  readonly lost = signal(false);
  private timer: ReturnType<typeof setInterval> | undefined;
  private chain: Promise<void> = Promise.resolve();
  private fresh = 0;
  /** How many copies of the code are on their way: no edits are sent meanwhile. */
  private held = 0;
  private away: number | undefined;
  private reading: number | undefined;
  private read = 0;
  private readonly copies = new Map<string, CopySource>();
  private readonly off: (() => void)[] = [];

  constructor(
    private readonly outbox: Outbox,
    rev: number,
    private readonly canWrite: () => boolean,
  ) {
    this.edits = new Coalescer(rev);
  }

  start(): void {
    this.timer = setInterval(() => void this.flush(), FLUSH_MS);
    this.listen(document, "visibilitychange", () => this.visible(document.visibilityState === "visible"));
    this.listen(window, "blur", () => this.focus(false));
    this.listen(window, "focus", () => this.focus(true));
    this.listen(window, "pagehide", () => this.bye());
    this.listen(window, "online", () => this.outbox.wake());
    this.reading = document.visibilityState === "visible" ? Date.now() : undefined;
  }

  private listen(target: EventTarget, type: string, f: () => void): void {
    target.addEventListener(type, f);
    this.off.push(() => target.removeEventListener(type, f));
  }

  edit(e: Edit): void {
    const done = this.edits.add(e).map(asEvent);
    if (done.length > 0) this.queue(done);
  }

  record(type: string, payload: Record<string, unknown>, text?: Record<string, unknown>): void {
    if (!this.canWrite()) return;
    const before = this.edits.close().map(asEvent);
    const e: EventIn = { event_id: uuidv7(), type, client_at: nowUs(), payload, ...(text ? { text } : {}) };
    this.queue([...before, e]);
  }

  private queue(events: EventIn[]): void {
    this.fresh += events.length;
    this.chain = this.chain.then(() => this.outbox.add(events)).catch(this.refused);
    if (this.fresh >= MANY) void this.flush();
  }

  private readonly refused = (): void => void (this.lost.value = true);

  /** Ends the open edit and sends. Resolves when nothing waits or sending has to wait. */
  async flush(): Promise<void> {
    this.fresh = 0;
    const rest = this.edits.close().map(asEvent);
    if (rest.length > 0) this.queue(rest);
    await this.chain;
    if (this.held === 0 && this.outbox.waiting.peek() > 0 && this.canWrite() && this.outbox.state.peek() !== "stopped")
      await this.outbox.pump().catch(this.refused);
    if (this.reading !== undefined && Date.now() - this.reading > READ_EVERY_MS) this.endReading(true);
  }

  /**
   * Runs `act` at a moment when the server has every recorded edit, and sends none until it ends: the copy of the code
   * that `act` sends is then exactly the text the edits lead to. Nothing is run when no such moment comes.
   */
  async still<T>(act: () => Promise<T>): Promise<T | undefined> {
    const until = Date.now() + STILL_MS;
    for (let i = 0; i < STILL_TRIES && Date.now() < until; i++) {
      await Promise.race([this.flush(), new Promise((r) => setTimeout(r, until - Date.now()))]);
      if (!this.edits.idle || this.outbox.waiting.peek() > 0) continue;
      this.held++;
      try {
        return await act();
      } finally {
        this.held--;
      }
    }
    return undefined;
  }

  private focus(has: boolean): void {
    if (!has && this.away === undefined) {
      this.away = Date.now();
      this.record("focus_lost", {});
    } else if (has && this.away !== undefined) {
      this.record("focus_regained", { away_ms: Date.now() - this.away });
      this.away = undefined;
    }
  }

  private visible(v: boolean): void {
    if (v) this.reading = Date.now();
    else {
      this.endReading(false);
      this.focus(false);
      this.bye();
    }
    if (v) this.focus(true);
  }

  /** The statement is on screen: counts reading time while the page is visible. */
  statementShown(shown: boolean): void {
    if (shown && this.reading === undefined) this.reading = Date.now();
    if (!shown) this.endReading(false);
  }

  private endReading(goOn: boolean): void {
    if (this.reading !== undefined) this.read += Date.now() - this.reading;
    this.reading = goOn ? Date.now() : undefined;
    if (this.read < READ_MIN_MS) return;
    this.record("statement_viewed", { part: "statement", visible_ms: Math.min(this.read, 3_600_000) });
    this.read = 0;
  }

  private bye(): void {
    const rest = this.edits.close().map(asEvent);
    if (rest.length > 0) this.queue(rest);
    void this.chain.then(() => (this.canWrite() ? this.outbox.lastCall() : undefined)).catch(this.refused);
  }

  async copied(source: CopySource, text: string): Promise<void> {
    const plain = normal(text);
    if (!plain) return;
    this.copies.set(plain, source);
    if (this.copies.size > COPIES) this.copies.delete(this.copies.keys().next().value ?? "");
    const digest = await sha256(plain);
    this.record("text_copied", { source, length: text.length, digest });
  }

  /** Where pasted text comes from, as far as this page knows. */
  pasteOrigin(text: string, replies: string[]): "pasted_internal" | "pasted_external" | "tutor_snippet" {
    const plain = normal(text);
    const from = this.copies.get(plain);
    if (from === "tutor" || (plain.length >= 12 && replies.some((r) => normal(r).includes(plain))))
      return "tutor_snippet";
    return from ? "pasted_internal" : "pasted_external";
  }

  async leave(): Promise<void> {
    clearInterval(this.timer);
    for (const f of this.off) f();
    this.endReading(false);
    await this.flush();
  }
}

function asEvent(e: EditEvent): EventIn {
  return { event_id: uuidv7(), type: "code_edited", client_at: e.at, payload: { ...e.payload }, text: { ...e.text } };
}
