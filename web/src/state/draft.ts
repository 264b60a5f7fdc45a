// The draft of a session: on the device at once, on the server within seconds, and what to do when they differ.
import { signal } from "@preact/signals";
import { call } from "../api/client.ts";
import type { Problem } from "../api/problem.ts";
import type { CodeFile, Workspace } from "../api/shapes.ts";
import { getDraft, putDraft } from "./db.ts";
import type { Db, Draft } from "./db.ts";

export interface Conflict {
  mine: CodeFile[];
  theirs: CodeFile[];
  mineAt: number;
  theirsAt: string;
}

const LOCAL_MS = 200;
const SERVER_MS = 2000;
const RETRY_MS = 6000;

export const sameFiles = (a: CodeFile[], b: CodeFile[]): boolean =>
  a.length === b.length && a.every((f, i) => f.path === b[i]?.path && f.text === b[i]?.text);

export interface DraftHost {
  texts: () => CodeFile[];
  openPath: () => string | undefined;
  rev: () => number;
  canWrite: () => boolean;
  /** Runs the act when the server has every edit; undefined when it could not. */
  still: <T>(act: () => Promise<T>) => Promise<T | undefined>;
}

export class DraftKeeper {
  /** When the server last had everything, ms. */
  readonly savedAt = signal<number | undefined>(undefined);
  readonly unsaved = signal(false);
  readonly problem = signal<Problem | undefined>(undefined);
  /** The device has the draft as it was last kept; if not, only the server has it. */
  readonly kept = signal(true);
  readonly conflict = signal<Conflict | undefined>(undefined);
  private etag: string | undefined;
  private changes = 0;
  private localTimer: ReturnType<typeof setTimeout> | undefined;
  private serverTimer: ReturnType<typeof setTimeout> | undefined;
  private sending: Promise<void> | undefined;
  extra: { question?: string; stdin?: string } = {};

  constructor(
    private readonly db: Db | undefined,
    private readonly session: string,
    private readonly host: DraftHost,
  ) {}

  /** Chooses the text to start with. `waiting` = unsent edits exist on this device. */
  async begin(
    server: Workspace,
    etag: string | undefined,
    waiting: number,
  ): Promise<{ files: CodeFile[]; rev?: number }> {
    this.etag = etag ?? `"${server.rev}"`;
    this.savedAt.value = Date.parse(server.saved_at);
    const local = this.db ? await getDraft(this.db, this.session) : undefined;
    this.extra = {
      ...(local?.question ? { question: local.question } : {}),
      ...(local?.stdin ? { stdin: local.stdin } : {}),
    };
    if (!local || (!local.unsaved && waiting === 0)) return { files: server.files, ...this.knownRev(local) };
    if (sameFiles(local.files, server.files)) return { files: server.files, rev: local.rev };
    if (local.etag !== this.etag)
      this.conflict.value = { mine: local.files, theirs: server.files, mineAt: local.at, theirsAt: server.saved_at };
    this.changed();
    return { files: local.files, rev: local.rev };
  }

  private knownRev(local: Draft | undefined): { rev?: number } {
    return local && local.etag === this.etag ? { rev: local.rev } : {};
  }

  /** After each edit. */
  changed(): void {
    this.changes++;
    this.unsaved.value = true;
    this.localTimer ??= setTimeout(() => void this.saveLocal(), LOCAL_MS);
    this.serverTimer ??= setTimeout(() => void this.saveServer(), SERVER_MS);
  }

  async saveLocal(): Promise<void> {
    clearTimeout(this.localTimer);
    this.localTimer = undefined;
    if (!this.db) return;
    const draft: Draft = {
      session: this.session,
      files: this.host.texts(),
      open_path: this.host.openPath(),
      rev: this.host.rev(),
      etag: this.etag,
      unsaved: this.unsaved.peek(),
      at: Date.now(),
      ...this.extra,
    };
    this.kept.value = await putDraft(this.db, draft).then(
      () => true,
      () => false,
    );
  }

  saveServer(): Promise<void> {
    clearTimeout(this.serverTimer);
    this.serverTimer = undefined;
    this.sending ??= this.put().finally(() => {
      this.sending = undefined;
    });
    return this.sending;
  }

  private async put(): Promise<void> {
    if (!this.unsaved.peek() || !this.host.canWrite() || this.conflict.peek()) return;
    const done = await this.host.still(async () => {
      await this.send();
      return true;
    });
    if (!done) this.serverTimer ??= setTimeout(() => void this.saveServer(), SERVER_MS);
  }

  private async send(): Promise<void> {
    const seen = this.changes;
    const open = this.host.openPath();
    const body = { files: this.host.texts(), ...(open ? { open_path: open } : {}) };
    const args = { path: { id: this.session }, body, tries: 1, ...(this.etag ? { ifMatch: this.etag } : {}) };
    const r = await call("PUT /sessions/{id}/workspace", args);
    if (r.ok) {
      this.etag = r.etag ?? `"${r.value.rev}"`;
      this.savedAt.value = Date.now();
      this.problem.value = undefined;
      if (this.changes === seen) this.unsaved.value = false;
      else this.serverTimer ??= setTimeout(() => void this.saveServer(), SERVER_MS);
      await this.saveLocal();
      return;
    }
    this.problem.value = r.problem;
    if (r.problem.status === 412 || r.problem.code === "conflict.revision") return this.stale();
    this.serverTimer ??= setTimeout(() => void this.saveServer(), RETRY_MS);
  }

  /** The server has another version: the same text is no conflict; other text is for the person to choose. */
  private async stale(): Promise<void> {
    const r = await call("GET /sessions/{id}/workspace", { path: { id: this.session } });
    if (!r.ok) {
      this.problem.value = r.problem;
      this.serverTimer ??= setTimeout(() => void this.saveServer(), RETRY_MS);
      return;
    }
    const mine = this.host.texts();
    this.etag = r.etag ?? `"${r.value.rev}"`;
    if (sameFiles(mine, r.value.files)) {
      this.unsaved.value = false;
      this.problem.value = undefined;
      this.savedAt.value = Date.parse(r.value.saved_at);
      return;
    }
    this.conflict.value = { mine, theirs: r.value.files, mineAt: Date.now(), theirsAt: r.value.saved_at };
  }

  /** The person chose. The editor already holds the text. */
  settle(): void {
    this.conflict.value = undefined;
    this.changed();
    void this.saveServer();
  }

  leave(): void {
    clearTimeout(this.localTimer);
    clearTimeout(this.serverTimer);
    void this.saveLocal();
  }
}
