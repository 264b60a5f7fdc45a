// What the device keeps for a person: unsent events and drafts. Nothing leaves here before the server has it.
import { openDB } from "idb";
import type { DBSchema, IDBPDatabase } from "idb";
import type { CodeFile, EventIn } from "../api/shapes.ts";

export interface Queued {
  session: string;
  client: string;
  /** Number of the event within its client, from 1. */
  n: number;
  event: EventIn;
}

export interface ClientRow {
  session: string;
  client: string;
  /** Number of the last event given out. */
  last: number;
  /** When the client began: older clients are sent first. */
  at: number;
}

export interface Draft {
  session: string;
  files: CodeFile[];
  open_path: string | undefined;
  /** Edit revision the text is at. */
  rev: number;
  /** ETag of the server's copy it was based on. */
  etag: string | undefined;
  /** The server does not have it yet. */
  unsaved: boolean;
  at: number;
  /** Composer text and standard input, restored after a reload. */
  question?: string;
  stdin?: string;
}

interface Schema extends DBSchema {
  events: { key: [string, string, number]; value: Queued };
  clients: { key: [string, string]; value: ClientRow };
  drafts: { key: string; value: Draft };
}

export type Db = IDBPDatabase<Schema>;

export function openDb(user: string): Promise<Db> {
  return openDB<Schema>(`ainative:${user}`, 1, {
    upgrade(db) {
      db.createObjectStore("events", { keyPath: ["session", "client", "n"] });
      db.createObjectStore("clients", { keyPath: ["session", "client"] });
      db.createObjectStore("drafts", { keyPath: "session" });
    },
  });
}

const all = (session: string): IDBKeyRange => IDBKeyRange.bound([session], [session, []]);

/** Numbers the events after those the client already has and keeps them, in one transaction. */
export async function addEvents(db: Db, session: string, client: string, events: EventIn[]): Promise<void> {
  const tx = db.transaction(["events", "clients"], "readwrite");
  const clients = tx.objectStore("clients");
  const row = (await clients.get([session, client])) ?? { session, client, last: 0, at: Date.now() };
  for (const event of events) await tx.objectStore("events").put({ session, client, n: ++row.last, event });
  await clients.put(row);
  await tx.done;
}

export const countEvents = (db: Db, session: string): Promise<number> => db.count("events", all(session));

/** The oldest unsent events, all of one client, in order. */
export async function nextEvents(db: Db, session: string, most: number): Promise<Queued[]> {
  const tx = db.transaction(["events", "clients"]);
  const rows = await tx.objectStore("clients").getAll(IDBKeyRange.bound([session], [session, []]));
  rows.sort((a, b) => a.at - b.at);
  for (const r of rows) {
    const range = IDBKeyRange.bound([session, r.client, 0], [session, r.client, Infinity]);
    const items = await tx.objectStore("events").getAll(range, most);
    if (items.length > 0) return items;
  }
  return [];
}

/** Forgets what the server acknowledged: events of the client up to number n. */
export async function dropEvents(db: Db, session: string, client: string, upTo: number): Promise<void> {
  await db.delete("events", IDBKeyRange.bound([session, client, 0], [session, client, upTo]));
}

/** Gives the unsent events of a client to a new client, numbered from 1: after a hole that can't be filled. */
export async function renumber(db: Db, session: string, from: string, to: string): Promise<void> {
  const tx = db.transaction(["events", "clients"], "readwrite");
  const store = tx.objectStore("events");
  const range = IDBKeyRange.bound([session, from, 0], [session, from, Infinity]);
  const items = await store.getAll(range);
  await store.delete(range);
  let n = 0;
  for (const i of items) await store.put({ ...i, client: to, n: ++n });
  const old = await tx.objectStore("clients").get([session, from]);
  await tx.objectStore("clients").delete([session, from]);
  await tx.objectStore("clients").put({ session, client: to, last: n, at: old?.at ?? Date.now() });
  await tx.done;
}

export const getDraft = (db: Db, session: string): Promise<Draft | undefined> => db.get("drafts", session);
export const putDraft = async (db: Db, d: Draft): Promise<void> => void (await db.put("drafts", d));
