// Runs and submissions of a session: start, follow by stream, and read the result once it is final.
import { signal } from "@preact/signals";
import { call, urlOf } from "../api/client.ts";
import type { Result } from "../api/client.ts";
import { fieldsOf, openStream } from "../api/stream.ts";
import type { Stream, StreamEvent } from "../api/stream.ts";
import { isPassing } from "../api/problem.ts";
import type { Problem } from "../api/problem.ts";
import type { CodeFile, Run, Submission } from "../api/shapes.ts";

export type Kind = Run["kind"];

export interface Running {
  /** Empty until the server has taken it. */
  id: string;
  what: "run" | "submission";
  kind: Kind;
  position: number | undefined;
  stdout: string;
  stderr: string;
  verdicts: Map<number, string>;
  /** Of every test, also of those whose result is not shown; once the server tells. */
  progress?: { done: number; total: number };
  /** When the person started it, ms. */
  since: number;
}

const SHOWN = 64 * 1024;
const FINAL = new Set(["done", "failed", "cancelled"]);
const POLL_MS = 2500;

export class Runs {
  readonly running = signal<Running | undefined>(undefined);
  readonly last = signal<Run | undefined>(undefined);
  /** The attempt whose results are shown; without one those of the last run are. */
  readonly submission = signal<Submission | undefined>(undefined);
  readonly attempts = signal<Submission[]>([]);
  readonly problem = signal<Problem | undefined>(undefined);
  /** Why what was run before this page could not be read. */
  readonly loadProblem = signal<Problem | undefined>(undefined);
  /** How many runs this page has seen end: what was read before a run is old after it. */
  readonly finished = signal(0);
  private stream: Stream | undefined;
  private poll: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly session: string,
    private readonly exercise: () => string | undefined,
  ) {}

  async load(lastRun: string | undefined): Promise<void> {
    this.loadProblem.value = undefined;
    const r = await call("GET /submissions", { query: { session: this.session } });
    if (r.ok) {
      this.attempts.value = r.value.items;
      const open = r.value.items.find((s) => !FINAL.has(s.state) && !s.verdict);
      if (open) this.follow(open.id, "submission", "visible_tests", 0);
    } else this.loadProblem.value = r.problem;
    if (!lastRun) return;
    const run = await call("GET /runs/{id}", { path: { id: lastRun } });
    if (!run.ok) this.loadProblem.value = run.problem;
    else if (FINAL.has(run.value.state)) this.last.value = run.value;
    else this.follow(run.value.id, "run", run.value.kind, undefined);
  }

  /** Says at once that something is under way; what was written is sent first. False: something runs already. */
  prepare(what: Running["what"], kind: Kind): boolean {
    if (this.running.peek()) return false;
    this.problem.value = undefined;
    this.begin("", what, kind, undefined, Date.now());
    return true;
  }

  /** Starts what was prepared; nothing when it was stopped meanwhile. */
  async start(kind: Kind, files: CodeFile[], stdin: string | undefined): Promise<boolean> {
    const id = this.exercise();
    if (!id || this.running.peek()?.id !== "") return false;
    const body = { session_id: this.session, kind, files, ...(stdin === undefined ? {} : { stdin }) };
    const r = await call("POST /exercises/{id}/runs", { path: { id }, body });
    return this.accepted(r, "run", kind);
  }

  async submit(files: CodeFile[]): Promise<boolean> {
    const id = this.exercise();
    if (!id || this.running.peek()?.id !== "") return false;
    const body = { session_id: this.session, files };
    const r = await call("POST /exercises/{id}/submissions", { path: { id }, body });
    return this.accepted(r, "submission", "visible_tests");
  }

  private accepted(r: Result<{ id: string; position: number }>, what: Running["what"], kind: Kind): boolean {
    if (!r.ok) {
      this.running.value = undefined;
      this.problem.value = r.problem;
      return false;
    }
    if (what === "run" && !this.running.peek()) {
      void call("DELETE /runs/{id}", { path: { id: r.value.id } });
      return true;
    }
    this.follow(r.value.id, what, kind, r.value.position);
    return true;
  }

  private begin(id: string, what: Running["what"], kind: Kind, position: number | undefined, since: number): void {
    this.running.value = { id, what, kind, position, stdout: "", stderr: "", verdicts: new Map(), since };
  }

  private follow(id: string, what: Running["what"], kind: Kind, position: number | undefined): void {
    this.begin(id, what, kind, position, this.running.peek()?.since ?? Date.now());
    this.stream?.close();
    const path = { id };
    const url = `${urlOf(what === "run" ? "GET /runs/{id}" : "GET /submissions/{id}", path)}/events`;
    this.stream = openStream(url, { onEvent: (e) => this.event(id, what, e) });
    clearInterval(this.poll);
    this.poll = setInterval(() => void this.finish(id, what), POLL_MS);
  }

  private event(id: string, what: Running["what"], e: StreamEvent): boolean {
    const now = this.running.peek();
    if (now?.id !== id) return true;
    const d = fieldsOf(e);
    if (e.event === "stdout" || e.event === "stderr") {
      const name = e.event;
      this.running.value = { ...now, [name]: (now[name] + String(d["text"] ?? "")).slice(-SHOWN) };
    }
    if (e.event === "state")
      this.running.value = { ...now, position: d["state"] === "queued" ? Number(d["position"] ?? 0) : undefined };
    if (e.event === "test")
      this.running.value = { ...now, verdicts: new Map(now.verdicts).set(Number(d["number"]), String(d["verdict"])) };
    if (e.event === "progress")
      this.running.value = { ...now, progress: { done: Number(d["done"]), total: Number(d["total"]) } };
    if (e.event !== "done") return false;
    void this.finish(id, what);
    return true;
  }

  /** Reads the result; shows it only when it is final. */
  private async finish(id: string, what: Running["what"]): Promise<void> {
    if (what === "run") {
      const r = await call("GET /runs/{id}", { path: { id } });
      if (r.ok && FINAL.has(r.value.state) && this.running.peek()?.id === id) this.end(() => this.ran(r.value));
    } else {
      const r = await call("GET /submissions/{id}", { path: { id } });
      const s = r.ok ? r.value : undefined;
      if (s && (FINAL.has(s.state) || s.verdict) && this.running.peek()?.id === id)
        this.end(() => {
          this.submission.value = s;
          this.attempts.value = [...this.attempts.peek().filter((x) => x.id !== s.id), s];
        });
    }
  }

  private ran(run: Run): void {
    this.last.value = run;
    this.submission.value = undefined;
  }

  private end(then: () => void): void {
    clearInterval(this.poll);
    this.stream?.close();
    this.running.value = undefined;
    then();
    this.finished.value++;
  }

  async cancel(): Promise<void> {
    const now = this.running.peek();
    if (now?.what !== "run") return;
    if (!now.id) return void (this.running.value = undefined);
    const stopped = await call("DELETE /runs/{id}", { path: { id: now.id }, tries: 1 });
    if (!stopped.ok && isPassing(stopped.problem)) return void (this.problem.value = stopped.problem);
    const r = await call("GET /runs/{id}", { path: { id: now.id } });
    if (!r.ok) return void (this.problem.value = r.problem);
    if (this.running.peek()?.id === now.id) this.end(() => this.ran(r.value));
  }

  leave(): void {
    clearInterval(this.poll);
    this.stream?.close();
  }
}
