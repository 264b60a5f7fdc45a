// Shapes that travel in streams or in problems, which the OpenAPI does not name.
export type LiveState = "not_started" | "working" | "stuck" | "waiting" | "idle" | "finished" | "offline";

export type WhyCode =
  | "same_error"
  | "no_progress"
  | "declared"
  | "idle"
  | "solved"
  | "first_run_pending"
  | "no_tests_run"
  | "progress"
  | "no_session";

export interface Live {
  user: { id: string; name: string };
  session_id?: string;
  exercise?: { id: string; title: string };
  state: LiveState;
  confidence?: number;
  since?: string;
  why: { code: WhyCode; params: Record<string, string | number> };
  runs: number;
  passed?: number;
  total?: number;
  rung?: number;
  events: number;
  active_at?: string;
}

export interface ProblemField {
  path: string;
  code: string;
  params?: Record<string, string | number>;
}
