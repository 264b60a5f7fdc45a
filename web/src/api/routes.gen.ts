// Written by tools/gen-types.mjs from the server's OpenAPI. Do not edit.
import type * as T from "./types.gen.ts";

/** What each operation takes and gives. `void` = nothing. Streams are not calls: see stream.ts. */
export interface Routes {
  "POST /auth/login": { path: void; query: void; body: T.Login; out: T.LoginResult };
  "POST /auth/logout": { path: void; query: void; body: void; out: void };
  "PUT /auth/password-reset": { path: void; query: void; body: T.PasswordReset; out: void };
  "GET /bootstrap": { path: void; query: void; body: void; out: T.Bootstrap };
  "POST /browser-reports": { path: void; query: void; body: void; out: void };
  "GET /courses": { path: void; query: void; body: void; out: T.CourseList };
  "GET /courses/{id}": { path: { id: string }; query: void; body: void; out: T.Course };
  "GET /courses/{id}/enrolments": { path: { id: string }; query: void; body: void; out: T.EnrolmentList };
  "GET /exercises": { path: void; query: { q?: string; skill?: string; difficulty?: "easy" | "medium" | "hard"; state?: "new" | "in_progress" | "solved" }; body: void; out: T.ExerciseList };
  "GET /exercises/{id}": { path: { id: string }; query: void; body: void; out: T.Exercise };
  "POST /exercises/{id}/runs": { path: { id: string }; query: void; body: T.RunStart; out: T.RunAccepted };
  "POST /exercises/{id}/submissions": { path: { id: string }; query: void; body: T.SubmissionStart; out: T.SubmissionAccepted };
  "GET /me": { path: void; query: void; body: void; out: T.User };
  "PATCH /me": { path: void; query: void; body: T.MePatch; out: T.User };
  "GET /runs/{id}": { path: { id: string }; query: void; body: void; out: T.Run };
  "DELETE /runs/{id}": { path: { id: string }; query: void; body: void; out: void };
  "POST /sessions": { path: void; query: void; body: T.SessionOpen; out: T.Session };
  "GET /sessions": { path: void; query: { course?: string; student?: string; state?: "opened" | "paused" | "resumed" | "closed" | "abandoned"; limit?: number; cursor?: string }; body: void; out: T.SessionList };
  "PATCH /sessions/{id}": { path: { id: string }; query: void; body: T.SessionMove; out: T.Session };
  "GET /sessions/{id}": { path: { id: string }; query: void; body: void; out: T.Session };
  "POST /sessions/{id}/events": { path: { id: string }; query: void; body: T.EventBatch; out: T.EventReceipt };
  "PUT /sessions/{id}/lease": { path: { id: string }; query: void; body: T.LeaseTake; out: T.Lease };
  "DELETE /sessions/{id}/lease": { path: { id: string }; query: { client: string }; body: void; out: void };
  "POST /sessions/{id}/thoughts": { path: { id: string }; query: void; body: T.Thought; out: T.ThoughtReceipt };
  "GET /sessions/{id}/trace": { path: { id: string }; query: { from_seq?: number; limit?: number; type?: string; level?: "n1" | "n2" | "n3" | "n4" }; body: void; out: T.TracePage };
  "GET /sessions/{id}/trace/verification": { path: { id: string }; query: void; body: void; out: T.Verification };
  "POST /sessions/{id}/turns": { path: { id: string }; query: void; body: T.TurnStart; out: T.Turn };
  "GET /sessions/{id}/turns": { path: { id: string }; query: void; body: void; out: T.TurnList };
  "GET /sessions/{id}/workspace": { path: { id: string }; query: void; body: void; out: T.Workspace };
  "PUT /sessions/{id}/workspace": { path: { id: string }; query: void; body: T.WorkspaceSave; out: T.Workspace };
  "POST /setup/claim": { path: void; query: void; body: T.SetupClaim; out: T.User };
  "GET /snapshots/{id}": { path: { id: string }; query: void; body: void; out: T.Snapshot };
  "GET /students/{id}": { path: { id: string }; query: void; body: void; out: T.Progress };
  "GET /students/me": { path: void; query: void; body: void; out: T.Progress };
  "GET /submissions": { path: void; query: { session?: string; exercise?: string }; body: void; out: T.SubmissionList };
  "GET /submissions/{id}": { path: { id: string }; query: void; body: void; out: T.Submission };
  "GET /turns/{id}": { path: { id: string }; query: void; body: void; out: T.Turn };
  "POST /turns/{id}/cancel": { path: { id: string }; query: void; body: void; out: void };
  "POST /turns/{id}/feedback": { path: { id: string }; query: void; body: T.TurnFeedback; out: void };
  "GET /turns/{id}/why": { path: { id: string }; query: void; body: void; out: T.TurnWhy };
}

/** Operations that need an Idempotency-Key (k) or an If-Match (m). */
export const ROUTE_FLAGS: Partial<Record<keyof Routes, string>> = {
  "POST /exercises/{id}/runs": "k",
  "POST /exercises/{id}/submissions": "k",
  "POST /sessions": "k",
  "PATCH /sessions/{id}": "m",
  "POST /sessions/{id}/thoughts": "k",
  "POST /sessions/{id}/turns": "k",
  "PUT /sessions/{id}/workspace": "m",
};
