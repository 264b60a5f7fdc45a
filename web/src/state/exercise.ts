// Exercises: the catalogue as cards, one exercise whole, and how to open one.
import { signal } from "@preact/signals";
import { call } from "../api/client.ts";
import type { Result } from "../api/client.ts";
import type { Card, Exercise } from "../api/shapes.ts";
import { toast } from "./announce.ts";
import { Resource } from "./resource.ts";
import { problemText } from "../i18n/problem.ts";

async function allCards(signal: AbortSignal): Promise<Result<Card[]>> {
  const r = await call("GET /exercises", { query: {}, signal });
  return r.ok ? { ...r, value: r.value.items } : r;
}

/** Every exercise the person may see. Small enough to filter here. */
export const exerciseCards = new Resource<Card[]>(allCards);

const known = new Map<string, Resource<Exercise>>();

export function exercise(id: string): Resource<Exercise> {
  let r = known.get(id);
  if (!r) known.set(id, (r = new Resource((signal) => call("GET /exercises/{id}", { path: { id }, signal }))));
  return r;
}

/** The exercise that is being opened: the server is asked for its session. */
export const opening = signal<string | undefined>(undefined);

/** Opens the unfinished session or a new one. Gives the path of the workspace, or says what went wrong. */
export async function openExercise(card: {
  id: string;
  session_id?: string;
  state?: string;
}): Promise<string | undefined> {
  if (card.session_id && card.state === "in_progress") return `/work/${card.session_id}`;
  if (opening.peek() !== undefined) return undefined;
  opening.value = card.id;
  const r = await call("POST /sessions", { body: { exercise_id: card.id } });
  opening.value = undefined;
  if (r.ok) return `/work/${r.value.id}`;
  toast(problemText(r.problem), "bad");
  return undefined;
}
