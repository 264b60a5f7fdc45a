// What went wrong, in one shape: the server's problem+json, or a problem made here when there was no answer.
import type { ProblemField } from "./streamed.ts";

export interface Problem {
  /** 0 = no answer at all. */
  status: number;
  code: string;
  detail?: string;
  request_id?: string;
  fields: ProblemField[];
  /** Seconds to wait before trying again. */
  retry_after?: number;
}

/** Problems that only the client can have. */
export const CLIENT_CODES = ["net.offline", "net.timeout", "net.bad_answer", "net.server"] as const;

export function clientProblem(code: (typeof CLIENT_CODES)[number], status = 0): Problem {
  return { status, code, fields: [] };
}

export function isRecord(v: unknown): v is Record<string, unknown> {
  return typeof v === "object" && v !== null && !Array.isArray(v);
}

function fieldsOf(v: unknown): ProblemField[] {
  if (!Array.isArray(v)) return [];
  return v.filter(isRecord).map((f) => ({
    path: String(f["path"] ?? ""),
    code: String(f["code"] ?? ""),
    ...(isRecord(f["params"]) ? { params: f["params"] as Record<string, string | number> } : {}),
  }));
}

/** Reads a problem from any body; a body that is none gives `net.server` or `net.bad_answer`. */
export function problemFrom(status: number, body: unknown, retryAfter: string | null): Problem {
  if (!isRecord(body) || typeof body["code"] !== "string")
    return clientProblem(status >= 500 ? "net.server" : "net.bad_answer", status);
  const wait = Number(retryAfter ?? body["retry_after"]);
  return {
    status,
    code: body["code"],
    fields: fieldsOf(body["fields"]),
    ...(typeof body["detail"] === "string" ? { detail: body["detail"] } : {}),
    ...(typeof body["request_id"] === "string" ? { request_id: body["request_id"] } : {}),
    ...(Number.isFinite(wait) && wait > 0 ? { retry_after: wait } : {}),
  };
}

/** True when the same request may succeed later without a change. */
export function isPassing(p: Problem): boolean {
  return p.status === 0 || p.status === 502 || p.status === 503 || p.status === 504 || p.status === 429;
}

/** A parameter of the first field named `path`, as a number. */
export function fieldNumber(p: Problem, path: string, param: string): number | undefined {
  const v = p.fields.find((f) => f.path === path)?.params?.[param];
  const n = Number(v);
  return v !== undefined && Number.isFinite(n) ? n : undefined;
}
