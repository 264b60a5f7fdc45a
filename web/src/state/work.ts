// One open session: everything the workspace shows and keeps, tied together.
import { computed, effect, signal } from "@preact/signals";
import { call, urlOf } from "../api/client.ts";
import { openStream } from "../api/stream.ts";
import type { Stream } from "../api/stream.ts";
import type { Problem } from "../api/problem.ts";
import type { Batch, CodeFile, Exercise, Session, Thought } from "../api/shapes.ts";
import { Capture } from "./capture.ts";
import { nowUs } from "./clock.ts";
import { openDb } from "./db.ts";
import type { Db } from "./db.ts";
import { DraftKeeper } from "./draft.ts";
import { exercise } from "./exercise.ts";
import { LeaseHolder } from "./lease.ts";
import { loginBack, me } from "./me.ts";
import { net } from "./net.ts";
import { Outbox } from "./outbox.ts";
import { Resource } from "./resource.ts";
import { Runs } from "./run.ts";
import { exclusive, tabId } from "./tab.ts";
import { Trace } from "./trace.ts";
import { Turns } from "./turn.ts";

/** What the editor gives to the rest. */
export interface EditorPort {
  texts: () => CodeFile[];
  openPath: () => string;
  open: (path: string) => void;
  /** Replaces the text as an edit of the given origin, which is recorded. */
  replaceAll: (files: CodeFile[]) => void;
  goTo: (line: number, path?: string) => void;
  focus: () => void;
  insert: (text: string) => void;
  undo: () => void;
  nextDiagnostic: (step: 1 | -1) => void;
}

export type ReadOnlyWhy = "closed" | "held" | "starting" | undefined;

export class Work {
  readonly session: Resource<Session>;
  readonly runs: Runs;
  readonly turns: Turns;
  readonly trace: Trace;
  readonly problem = signal<Problem | undefined>(undefined);
  /** Text the editor starts with; set once everything needed to write is here. */
  readonly start = signal<CodeFile[] | undefined>(undefined);
  /** Rises with every edit. */
  readonly edits = signal(0);
  /** Value of `edits` when the last run was started. */
  readonly ranAt = signal(-1);
  lease: LeaseHolder | undefined;
  readonly leaseReady = signal(false);
  outbox: Outbox | undefined;
  draft: DraftKeeper | undefined;
  capture: Capture | undefined;
  editor: EditorPort | undefined;
  private stream: Stream | undefined;
  private left = false;
  private readonly watched: () => void;

  readonly exercise = computed(() => {
    const id = this.session.value.value.data?.exercise.id;
    return id ? exercise(id) : undefined;
  });

  readonly readOnly = computed<ReadOnlyWhy>(() => {
    const s = this.session.value.value.data;
    if (s && (s.state === "closed" || s.state === "abandoned")) return "closed";
    if (!this.leaseReady.value) return "starting";
    const l = this.lease?.state.value;
    return l === "held" ? "held" : l === "closed" ? "closed" : undefined;
  });

  constructor(readonly id: string) {
    this.session = new Resource((signal) => call("GET /sessions/{id}", { path: { id }, signal }));
    this.runs = new Runs(id, () => this.session.data?.exercise.id);
    this.turns = new Turns(id);
    this.trace = new Trace(id);
    this.watched = this.watch();
  }

  /** Goes on as soon as the login or the network is back, instead of at the end of a wait. */
  private watch(): () => void {
    let logins = loginBack.peek();
    let up = true;
    return effect(() => {
      const again = loginBack.value !== logins;
      const back = !up && net.value !== "offline";
      logins = loginBack.value;
      up = net.value !== "offline";
      if (again || back) setTimeout(() => this.resume(), 0);
    });
  }

  private resume(): void {
    if (this.left || this.readOnly.peek() === "starting") return;
    void this.lease?.take();
    if (this.readOnly.peek() !== undefined) return;
    this.outbox?.wake();
    void this.draft?.saveServer();
    if (!this.session.data) void this.session.reload();
  }

  data(): Exercise | undefined {
    return this.exercise.value?.data;
  }

  async open(): Promise<void> {
    this.problem.value = undefined;
    const [s, w, client, db] = await Promise.all([
      this.session.reload(),
      call("GET /sessions/{id}/workspace", { path: { id: this.id } }),
      tabId(),
      this.database(),
      this.trace.more(),
    ]);
    if (this.left) return;
    if (!s.data || !w.ok) {
      this.problem.value = s.problem ?? (w.ok ? undefined : w.problem);
      return;
    }
    this.exercise.value?.ensure();
    await this.prepare(client, db, w.value, w.etag);
    void this.turns.load();
    void this.runs.load(this.trace.lastRun());
    this.listen(client);
    this.resumeIfPaused(s.data);
  }

  /** undefined where the browser stores nothing: the work goes on without a record, and `saved` says so. */
  private async database(): Promise<Db | undefined> {
    try {
      return await openDb(me.peek()?.id ?? "nobody");
    } catch {
      return undefined;
    }
  }

  private async prepare(
    client: string,
    db: Db | undefined,
    w: Parameters<DraftKeeper["begin"]>[0],
    etag: string | undefined,
  ): Promise<void> {
    const lease = new LeaseHolder(this.id, client);
    const taken = lease.take();
    this.lease = lease;
    const outbox = db ? new Outbox(db, this.id, client, this.io()) : undefined;
    await outbox?.start();
    this.outbox = outbox;
    this.draft = new DraftKeeper(db, this.id, {
      texts: () => this.texts(),
      openPath: () => this.editor?.openPath(),
      rev: () => this.capture?.edits.rev ?? 0,
      canWrite: () => this.readOnly.peek() === undefined,
      still: (act) => this.capture?.still(act) ?? act(),
    });
    const began = await this.draft.begin(w, etag, outbox?.waiting.peek() ?? 0);
    if (outbox) {
      const rev = Math.max(began.rev ?? 0, this.trace.lastRev());
      this.capture = new Capture(outbox, rev, () => this.readOnly.peek() === undefined);
    }
    // The editor opens only when it is known whether it may be written in: no key press is lost to a lock.
    await taken;
    this.leaseReady.value = true;
    if (this.left) return lease.leave();
    this.start.value = began.files;
    this.capture?.start();
    if (this.readOnly.peek() === undefined) outbox?.wake();
  }

  private io() {
    return {
      send: (b: Batch, keepalive: boolean) =>
        call("POST /sessions/{id}/events", { path: { id: this.id }, body: b, tries: 1, keepalive }),
      now: nowUs,
      wait: (ms: number) => new Promise<void>((r) => setTimeout(r, ms)),
      exclusive: (work: () => Promise<void>) => exclusive(`outbox:${this.id}`, work),
    };
  }

  private listen(client: string): void {
    this.stream = openStream(`${urlOf("GET /sessions/{id}", { id: this.id })}/events`, {
      onEvent: (e) => {
        const d = e.data as { client?: string } | undefined;
        if (e.event === "lease" && d?.client && d.client !== client) this.lease?.doubt();
        if (e.event === "state" || e.event === "closed") void this.session.reload();
        return false;
      },
    });
  }

  private resumeIfPaused(s: Session): void {
    if (s.state === "paused" && this.readOnly.peek() === undefined) void this.setState("resumed");
  }

  texts(): CodeFile[] {
    return this.editor?.texts() ?? this.start.peek() ?? [];
  }

  /** Everything written so far is on the server, or 4 s have passed. */
  async settle(): Promise<void> {
    const sent = this.draft?.saveServer().then(() => this.capture?.flush());
    await Promise.race([sent, new Promise((r) => setTimeout(r, 4000))]);
  }

  /** Sends the code with an act, at a moment when the server has every edit that led to it, if one comes. */
  async withCode(act: (files: CodeFile[]) => Promise<boolean>): Promise<boolean> {
    const go = (): Promise<boolean> => act(this.texts());
    return (await this.capture?.still(go)) ?? go();
  }

  async setState(state: "paused" | "resumed" | "closed"): Promise<boolean> {
    const now = this.session.value.peek();
    const ifMatch = now.etag ?? `"${now.data?.rev ?? 1}"`;
    const r = await call("PATCH /sessions/{id}", { path: { id: this.id }, body: { state }, ifMatch });
    if (r.ok) this.session.set(r.value, r.etag);
    else if (r.problem.status === 412) {
      const again = await this.session.reload();
      if (again.data && again.data.state !== "closed" && state === "closed" && again.data.rev !== now.data?.rev)
        return this.setState(state);
    } else this.problem.value = r.problem;
    return r.ok;
  }

  async think(body: Thought): Promise<Problem | undefined> {
    await this.settle();
    const r = await call("POST /sessions/{id}/thoughts", { path: { id: this.id }, body });
    if (!r.ok) return r.problem;
    void this.session.reload();
    void this.trace.more();
    return undefined;
  }

  async takeOver(): Promise<void> {
    const was = this.lease?.state.peek();
    await this.lease?.take(true);
    if (was === "held" && this.lease?.state.peek() === "mine") this.lease.keepAndReload();
  }

  readonly saved = computed<{
    kind: "saved" | "saving" | "device" | "server" | "unrecorded";
    waiting: number;
    at: number | undefined;
  }>(() => {
    const ready = this.leaseReady.value;
    const waiting = this.outbox?.waiting.value ?? 0;
    const unsaved = this.draft?.unsaved.value ?? false;
    const at = this.draft?.savedAt.value;
    const recorded = !ready || (this.capture !== undefined && !this.capture.lost.value && this.draft?.kept.value);
    if (!recorded && this.readOnly.value === undefined) return { kind: "unrecorded", waiting, at };
    if (net.value === "offline") return { kind: "device", waiting, at };
    if (this.draft?.problem.value || this.outbox?.state.value === "stopped") return { kind: "server", waiting, at };
    return { kind: unsaved || waiting > 0 ? "saving" : "saved", waiting, at };
  });

  leave(): void {
    this.left = true;
    this.watched();
    this.stream?.close();
    this.runs.leave();
    this.turns.leave();
    this.session.leave();
    void Promise.all([this.capture?.leave(), this.draft?.saveServer()]).then(() => {
      this.draft?.leave();
      this.lease?.leave();
    });
  }
}
