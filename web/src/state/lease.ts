// The right to write in a session: one tab at a time. Renewed while it is used, given back on leave.
import { signal } from "@preact/signals";
import { call } from "../api/client.ts";
import type { Problem } from "../api/problem.ts";

export type LeaseState = "asking" | "mine" | "held" | "closed" | "unknown";

const RENEW_MS = 20_000;
const DOUBT_MS = 200;

export class LeaseHolder {
  readonly state = signal<LeaseState>("asking");
  private timer: ReturnType<typeof setInterval> | undefined;
  private asking: ReturnType<typeof setTimeout> | undefined;
  /** No answer that comes late may watch again, or the page that goes would give back what it keeps. */
  private ended = false;

  constructor(
    private readonly session: string,
    private readonly client: string,
  ) {}

  async take(over = false): Promise<LeaseState> {
    const body = over ? { client: this.client, take_over: true } : { client: this.client };
    const r = await call("PUT /sessions/{id}/lease", { path: { id: this.session }, body, tries: 2 });
    this.state.value = r.ok ? "mine" : this.meaning(r.problem);
    this.watch();
    return this.state.peek();
  }

  private watch(): void {
    if (this.timer !== undefined || this.ended) return;
    this.timer = setInterval(() => void this.renew(), RENEW_MS);
    addEventListener("pagehide", this.onHide);
    addEventListener("pageshow", this.onShow);
  }

  private readonly onHide = (): void => this.give();
  private readonly onShow = (e: PageTransitionEvent): void => {
    if (e.persisted) void this.take();
  };

  /** Without network or login the holder goes on: the server keeps the lease for a minute, and what is written is safe anyway. */
  private meaning(p: Problem): LeaseState {
    if (p.code === "lease.held") return "held";
    if (p.status === 409 || p.status === 410) return "closed";
    if (p.status === 0 || p.status >= 500 || p.status === 429 || p.status === 401)
      return this.state.peek() === "held" ? "held" : "mine";
    return "unknown";
  }

  private async renew(): Promise<void> {
    if (this.state.peek() === "closed") return;
    if (this.state.peek() === "mine" || document.visibilityState === "visible") await this.take();
  }

  /** The stream names another holder. It may be an old line told again, so the server is asked who holds it now. */
  doubt(): void {
    clearTimeout(this.asking);
    this.asking = setTimeout(() => void this.take(), DOUBT_MS);
  }

  /** Loads the page again without giving the lease back, or the tab it was taken from would have it again. */
  keepAndReload(): void {
    this.stopWatching();
    location.reload();
  }

  leave(): void {
    this.stopWatching();
    this.give();
  }

  private stopWatching(): void {
    this.ended = true;
    clearTimeout(this.asking);
    clearInterval(this.timer);
    this.timer = undefined;
    removeEventListener("pagehide", this.onHide);
    removeEventListener("pageshow", this.onShow);
  }

  private give(): void {
    if (this.state.peek() === "mine")
      void call("DELETE /sessions/{id}/lease", {
        path: { id: this.session },
        query: { client: this.client },
        keepalive: true,
      });
  }
}
