// A server made of prepared answers, for tests of what happens when it fails.
import { afterEach, beforeEach, vi } from "vitest";
import { hooks } from "../../src/api/client.ts";

export interface Answer {
  status: number;
  body?: unknown;
  /** Instead of a body: sent as it is. */
  text?: string;
  etag?: string;
}

/** Answers by "METHOD /path", without the base. Where there is none, there is no network. */
export let answers: Record<string, Answer> = {};

function fetched(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const path = String(input).replace("/api/v1", "").replace(/\?.*/, "");
  const a = answers[`${init?.method ?? "GET"} ${path}`];
  if (!a) return Promise.reject(new TypeError("no network"));
  const body = a.text ?? (a.body === undefined ? null : JSON.stringify(a.body));
  return Promise.resolve(new Response(body, { status: a.status, headers: a.etag ? { ETag: a.etag } : {} }));
}

/** Each test of the file starts without network and without waits between tries. */
export function useAnswers(): void {
  beforeEach(() => {
    answers = {};
    vi.stubGlobal("fetch", fetched);
    vi.spyOn(hooks, "sleep").mockResolvedValue(undefined);
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });
}
