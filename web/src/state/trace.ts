// The events of a session as the server has them: loaded page by page, extended while the session goes on.
import { signal } from "@preact/signals";
import { call } from "../api/client.ts";
import type { Problem } from "../api/problem.ts";
import type { TraceEvent } from "../api/shapes.ts";

const PAGE = 1000;

export class Trace {
  readonly events = signal<TraceEvent[]>([]);
  readonly head = signal(0);
  readonly state = signal<"idle" | "loading" | "ready" | "failed">("idle");
  readonly problem = signal<Problem | undefined>(undefined);
  private running: Promise<void> | undefined;

  constructor(private readonly session: string) {}

  /** Loads what is missing. Calls join; a call during one loads again after it. */
  more(): Promise<void> {
    this.running ??= this.pages().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async pages(): Promise<void> {
    if (this.state.peek() !== "ready") this.state.value = "loading";
    for (;;) {
      const from = (this.events.peek().at(-1)?.seq ?? 0) + 1;
      const query = { from_seq: from, limit: PAGE };
      const r = await call("GET /sessions/{id}/trace", { path: { id: this.session }, query });
      if (!r.ok) {
        this.problem.value = r.problem;
        if (this.events.peek().length === 0) this.state.value = "failed";
        return;
      }
      const fresh = r.value.items.filter((e) => e.seq >= from);
      if (fresh.length > 0) this.events.value = [...this.events.peek(), ...fresh];
      this.head.value = r.value.head.seq;
      if (r.value.next === undefined || fresh.length === 0) break;
    }
    this.state.value = "ready";
    this.problem.value = undefined;
  }

  /** Highest edit revision in the trace. */
  lastRev(): number {
    let rev = 0;
    for (const e of this.events.peek()) {
      const r = Number(e.type === "code_edited" ? e.payload["rev"] : 0);
      if (r > rev) rev = r;
    }
    return rev;
  }

  /** Id of the last run started. */
  lastRun(): string | undefined {
    const e = this.events.peek().findLast((x) => x.type === "code_run" || x.type === "tests_run");
    const id = e?.payload["run"] ?? e?.payload["run_id"];
    return typeof id === "string" ? id : undefined;
  }
}
