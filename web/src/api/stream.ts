// Server-sent events by fetch: headers, abort, Last-Event-ID, and reconnection with growing waits.
import { headersFor, hooks } from "./client.ts";
import { clientProblem, isRecord, problemFrom } from "./problem.ts";
import type { Problem } from "./problem.ts";

export interface StreamEvent {
  event: string;
  data: unknown;
  id?: string;
}

/** The data of a message by name; none when it is no object. */
export const fieldsOf = (e: StreamEvent): Record<string, unknown> => (isRecord(e.data) ? e.data : {});

export interface StreamOptions {
  /** Return true to end the stream: the last message has come. */
  onEvent: (e: StreamEvent) => boolean | undefined;
  onState?: (s: "open" | "lost") => void;
  onProblem?: (p: Problem) => void;
  lastId?: string;
}

export interface Stream {
  close(): void;
}

/** Incremental reader of the text/event-stream format. */
export class SseParser {
  private rest = "";
  private event = "";
  private data: string[] = [];
  private id: string | undefined;
  /** How long to wait before connecting again, when the server said. */
  retry: number | undefined;

  push(chunk: string): StreamEvent[] {
    const out: StreamEvent[] = [];
    const lines = (this.rest + chunk).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? "";
    for (const line of lines) {
      const done = this.line(line);
      if (done) out.push(done);
    }
    return out;
  }

  private line(line: string): StreamEvent | undefined {
    if (line === "") return this.dispatch();
    if (line.startsWith(":")) return undefined;
    const at = line.indexOf(":");
    const name = at < 0 ? line : line.slice(0, at);
    const value = at < 0 ? "" : line.slice(at + 1).replace(/^ /, "");
    if (name === "event") this.event = value;
    if (name === "data") this.data.push(value);
    if (name === "id") this.id = value;
    if (name === "retry" && /^\d{1,6}$/.test(value)) this.retry = Number(value);
    return undefined;
  }

  private dispatch(): StreamEvent | undefined {
    if (this.data.length === 0) {
      this.event = "";
      return undefined;
    }
    const text = this.data.join("\n");
    const e: StreamEvent = { event: this.event || "message", data: parse(text), ...(this.id ? { id: this.id } : {}) };
    this.event = "";
    this.data = [];
    return e;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

const FIRST_MS = 1000;
const LAST_MS = 30_000;

/** Ends the wait of each stream that will connect again. */
const waits = new Set<() => void>();

/** The network or the login is back: streams that wait connect now. */
export function wakeStreams(): void {
  for (const go of [...waits]) go();
}

class Connection implements Stream {
  private readonly abort = new AbortController();
  private lastId: string | undefined;
  private closed = false;
  /** What the server said last about coming back; a stream that made room for another waits long. */
  private retry: number | undefined;

  constructor(
    private readonly url: string,
    private readonly o: StreamOptions,
  ) {
    this.lastId = o.lastId;
    void this.run();
  }

  close(): void {
    this.closed = true;
    this.abort.abort();
  }

  private async run(): Promise<void> {
    let wait = FIRST_MS;
    while (!this.closed) {
      const got = await this.read();
      if (got === "end" || this.closed) return;
      this.o.onState?.("lost");
      if (got === "data" || this.retry !== undefined) wait = this.retry ?? FIRST_MS;
      this.retry = undefined;
      await this.pause(wait * (0.7 + Math.random() * 0.6));
      wait = Math.min(wait * 2, LAST_MS);
    }
  }

  private pause(ms: number): Promise<void> {
    return new Promise((done) => {
      const go = (): void => {
        clearTimeout(t);
        waits.delete(go);
        done();
      };
      const t = setTimeout(go, ms);
      waits.add(go);
      this.abort.signal.addEventListener("abort", go, { once: true });
    });
  }

  /** One connection. "end" = never connect again. */
  private async read(): Promise<"end" | "data" | "none"> {
    let seen: "data" | "none" = "none";
    try {
      const extra: Record<string, string> = { Accept: "text/event-stream" };
      if (this.lastId !== undefined) extra["Last-Event-ID"] = this.lastId;
      const init: RequestInit = { headers: headersFor("GET", extra), signal: this.abort.signal, cache: "no-store" };
      const res = await fetch(this.url, init);
      if (!res.ok || !res.body) return await this.refused(res);
      this.o.onState?.("open");
      const reader = res.body.pipeThrough(new TextDecoderStream()).getReader();
      const parser = new SseParser();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return seen;
        const events = parser.push(value);
        this.retry = parser.retry;
        for (const e of events) {
          seen = "data";
          if (e.id !== undefined) this.lastId = e.id;
          if (this.o.onEvent(e) === true) return this.end();
        }
      }
    } catch {
      if (!this.closed) this.o.onProblem?.(clientProblem("net.offline"));
      return seen;
    }
  }

  private end(): "end" {
    this.close();
    return "end";
  }

  private async refused(res: Response): Promise<"end" | "none"> {
    const body: unknown = await res.json().catch(() => null);
    const p = problemFrom(res.status, body, res.headers.get("Retry-After"));
    this.o.onProblem?.(p);
    // Without a login it waits for one: what is on the page stays, and goes on after signing in again.
    if (res.status === 401) hooks.unauthorised();
    return res.status >= 500 || res.status === 429 || res.status === 401 ? "none" : this.end();
  }
}

export function openStream(url: string, options: StreamOptions): Stream {
  return new Connection(url, options);
}
