// Written by tools/gen-types.mjs from the server's OpenAPI. Do not edit.
import type * as T from "./types.gen.ts";

/** What each operation takes and gives. `void` = nothing. */
export interface Routes {
  "GET /bootstrap": { path: void; query: void; body: void; out: T.Bootstrap };
  "POST /setup/claim": {
    path: void;
    query: void;
    body: { token: string; email: string; name: string; password: string };
    out: T.User;
  };
  "POST /auth/login": { path: void; query: void; body: { email: string; password: string }; out: T.LoginResult };
  "POST /auth/logout": { path: void; query: void; body: void; out: void };
  "GET /me": { path: void; query: void; body: void; out: T.User };
  "PATCH /me": {
    path: void;
    query: void;
    body: { name?: string; locale?: T.Locale; theme?: T.Theme };
    out: T.User;
  };
  "GET /exercises": {
    path: void;
    query: { q?: string; skill?: string; difficulty?: string; state?: string };
    body: void;
    out: T.CardList;
  };
  "GET /exercises/{id}": { path: { id: string }; query: void; body: void; out: T.Exercise };
  "POST /sessions": { path: void; query: void; body: { exercise_id: string }; out: T.Session };
  "GET /sessions": {
    path: void;
    query: { course?: string; student?: string; state?: string; limit?: number; cursor?: string };
    body: void;
    out: T.SessionList;
  };
  "GET /sessions/{id}": { path: { id: string }; query: void; body: void; out: T.Session };
  "PATCH /sessions/{id}": {
    path: { id: string };
    query: void;
    body: { state: "paused" | "resumed" | "closed" };
    out: T.Session;
  };
  "PUT /sessions/{id}/lease": {
    path: { id: string };
    query: void;
    body: { client: string; take_over?: boolean };
    out: T.Lease;
  };
  "DELETE /sessions/{id}/lease": { path: { id: string }; query: void; body: void; out: void };
  "GET /sessions/{id}/workspace": { path: { id: string }; query: void; body: void; out: T.Workspace };
  "PUT /sessions/{id}/workspace": {
    path: { id: string };
    query: void;
    body: { files: T.CodeFile[]; open_path?: string };
    out: T.Workspace;
  };
  "POST /sessions/{id}/events": { path: { id: string }; query: void; body: T.EventBatch; out: T.EventBatchResult };
  "POST /sessions/{id}/thoughts": { path: { id: string }; query: void; body: T.Thought; out: T.ThoughtResult };
  "GET /sessions/{id}/trace": {
    path: { id: string };
    query: { from_seq?: number; limit?: number; type?: string; level?: string };
    body: void;
    out: T.TracePage;
  };
  "GET /sessions/{id}/trace/verification": { path: { id: string }; query: void; body: void; out: T.Verification };
  "GET /snapshots/{id}": { path: { id: string }; query: void; body: void; out: T.Snapshot };
  "POST /exercises/{id}/runs": { path: { id: string }; query: void; body: T.RunIn; out: T.Accepted };
  "GET /runs/{id}": { path: { id: string }; query: void; body: void; out: T.Run };
  "DELETE /runs/{id}": { path: { id: string }; query: void; body: void; out: void };
  "POST /exercises/{id}/submissions": {
    path: { id: string };
    query: void;
    body: { session_id: string; files?: T.CodeFile[] };
    out: T.SubmissionAccepted;
  };
  "GET /submissions": {
    path: void;
    query: { session?: string; exercise?: string };
    body: void;
    out: T.SubmissionList;
  };
  "GET /submissions/{id}": { path: { id: string }; query: void; body: void; out: T.Submission };
  "POST /sessions/{id}/turns": { path: { id: string }; query: void; body: T.TurnIn; out: T.Turn };
  "GET /sessions/{id}/turns": { path: { id: string }; query: void; body: void; out: T.TurnList };
  "GET /turns/{id}": { path: { id: string }; query: void; body: void; out: T.Turn };
  "GET /turns/{id}/why": { path: { id: string }; query: void; body: void; out: T.TurnWhy };
  "POST /turns/{id}/cancel": { path: { id: string }; query: void; body: void; out: void };
  "POST /turns/{id}/feedback": {
    path: { id: string };
    query: void;
    body: { useful: "yes" | "partly" | "no"; note?: string };
    out: void;
  };
  "GET /courses": { path: void; query: void; body: void; out: T.CourseList };
  "GET /courses/{id}": { path: { id: string }; query: void; body: void; out: T.Course };
  "GET /students/{id}": { path: { id: string }; query: void; body: void; out: T.StudentReport };
}

/** Operations that need an Idempotency-Key (k) or an If-Match (m). */
export const ROUTE_FLAGS: Partial<Record<keyof Routes, string>> = {
  "POST /sessions": "k",
  "PATCH /sessions/{id}": "m",
  "PUT /sessions/{id}/workspace": "m",
  "POST /sessions/{id}/thoughts": "k",
  "POST /exercises/{id}/runs": "k",
  "POST /exercises/{id}/submissions": "k",
  "POST /sessions/{id}/turns": "k",
};

/** Every problem code the server may answer; each has a message in each language. */
export const PROBLEM_CODES = [
  "aal_required",
  "auth.invalid",
  "auth.required",
  "busy",
  "client.too_old",
  "conflict.duplicate",
  "conflict.revision",
  "consent.required",
  "csrf",
  "dependency.down",
  "event.before_session",
  "event.gap",
  "event.id_reused",
  "event.not_yours",
  "forbidden",
  "gone.expired",
  "idempotency.in_progress",
  "idempotency.mismatch",
  "internal",
  "lease.held",
  "limit.attempts",
  "limit.budget",
  "limit.rate",
  "method.not_allowed",
  "not_found",
  "policy.ai_disabled",
  "policy.denied",
  "precondition.failed",
  "precondition.required",
  "request.malformed",
  "request.too_large",
  "state.archived",
  "state.transition",
  "step_up_required",
  "store_full",
  "turn.busy",
  "validation.failed",
] as const;
