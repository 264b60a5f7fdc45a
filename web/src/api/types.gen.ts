// Written by tools/gen-types.mjs from the server's OpenAPI. Do not edit.

export type Locale = "es" | "en";
export type Theme = "system" | "light" | "dark" | "contrast";
export type ExerciseState = "new" | "in_progress" | "solved";
export type Visibility = "visible" | "hidden" | "masked" | "after_due";
export type Level = "n1" | "n2" | "n3" | "n4";
export type SessionState = "open" | "active" | "paused" | "closed" | "abandoned";
export type Requirement = "off" | "optional" | "required";
export type RunKind = "free" | "visible_tests" | "input";
export type RunState = "queued" | "running" | "done" | "failed" | "cancelled";
export type TurnState = "queued" | "running" | "streaming" | "done" | "refused" | "cancelled" | "failed";
export type TurnSource = "rules" | "llm" | "canned";
export type LiveState = "not_started" | "working" | "stuck" | "waiting" | "idle" | "finished" | "offline";
export type WhyCode =
  | "same_error"
  | "no_progress"
  | "declared"
  | "idle"
  | "solved"
  | "first_run_pending"
  | "progress"
  | "no_session";
export type IndicatorState = "ok" | "insufficient" | "not_applicable";
export type VerificationResult = "ok" | "broken" | "incomplete";

/** One node of rendered Markdown. */
export interface ProseNode {
  t: string;
  s?: string;
  c?: ProseNode[];
  href?: string;
  src?: string;
  alt?: string;
  info?: string;
  start?: number;
  align?: string;
}

export interface ProblemField {
  path: string;
  code: string;
  params?: Record<string, string | number>;
}

export interface Bootstrap {
  tenant: string;
  version: string;
  locales: Locale[];
  demo: boolean;
  setup_needed: boolean;
  server_time: string;
}

export interface UserCourse {
  id: string;
  name: string;
  term: string;
  role: string;
}

export interface User {
  id: string;
  name: string;
  email: string;
  locale: Locale;
  roles: string[];
  theme?: Theme;
  courses: UserCourse[];
}

export interface LoginResult {
  state: "done";
  user: User;
}

export interface Skill {
  id: string;
  title: string;
}

export interface Card {
  id: string;
  slug: string;
  title: string;
  summary: string;
  lang: string;
  kind: string;
  difficulty: string | number;
  minutes: number;
  unit?: string | number;
  skills: Skill[];
  state: ExerciseState;
  session_id?: string;
  best_score?: number;
  max_score: number;
  submissions: number;
}

export interface CardList {
  items: Card[];
  next?: string;
}

export interface ExerciseFile {
  path: string;
  text: string;
  read_only: boolean;
}

export interface ExerciseTest {
  number: number;
  id?: string;
  title?: string;
  visibility: Visibility;
  kind?: string;
  call?: string;
  stdin?: string;
  expected?: string;
  points: number;
}

export interface Exercise extends Card {
  version: string | number;
  statement: ProseNode[];
  languages: string[];
  files: ExerciseFile[];
  entry: string;
  tests: ExerciseTest[];
  limits: { cpu_ms: number; wall_ms: number; memory_kib: number; output_kib: number };
  hints: number;
}

export interface SessionPolicy {
  tutor: boolean;
  max_rung: number;
  hidden_shown: "none" | "count" | "names";
  plan: Requirement;
  reflection: Requirement;
  turns_per_hour: number;
}

export interface Lease {
  client: string;
  fence: number;
  expires_at: string;
}

export interface Head {
  seq: number;
  hash: string;
}

export interface Session {
  id: string;
  state: SessionState;
  rev: number;
  exercise: { id: string; slug: string; title: string; version: string | number };
  user: { id: string; name: string };
  course_id?: string;
  purpose: string;
  opened_at: string;
  active_at: string;
  ended_at?: string;
  end_reason?: string;
  best_score?: number;
  max_score: number;
  policy: SessionPolicy;
  lease?: Lease;
  counts: { events: number; runs: number; turns: number; submissions: number; pastes: number };
  last: { verdict?: string; passed?: number; total?: number; rung?: number; at?: string };
  plan?: { text: string; steps: string[] };
  reflected: boolean;
  head: Head;
  complete: { n1: boolean; n2: boolean; n3: boolean; n4: boolean };
}

export interface SessionList {
  items: Session[];
  next?: string;
}

export interface CodeFile {
  path: string;
  text: string;
}

export interface Workspace {
  rev: number;
  files: CodeFile[];
  open_path?: string;
  tree_hash: string;
  saved_at: string;
}

export interface EventIn {
  event_id: string;
  type: string;
  client_at: number;
  payload: Record<string, unknown>;
  text?: Record<string, unknown>;
}

export interface EventBatch {
  client: string;
  first: number;
  client_now: number;
  events: EventIn[];
}

export interface EventBatchResult {
  accepted: number;
  duplicates: number;
  refused: { i: number; code: string }[];
  head: Head;
}

export interface Thought {
  type:
    | "goal_set"
    | "plan_stated"
    | "plan_revised"
    | "prediction_made"
    | "reflection_written"
    | "reply_criticised"
    | "stuck_declared"
    | "explanation_given"
    | "justification_given"
    | "alternative_discarded";
  text?: string;
  steps?: string[];
  reason?: string;
  about?: string;
  expected?: string;
  confidence?: number;
  why?: string;
  answers?: string[];
  confidence_before?: number;
  confidence_after?: number;
  turn?: string;
  verdict?: "right" | "partly" | "wrong" | "unclear" | "off_topic";
  how_checked?: "ran" | "test" | "source" | "reasoned" | "none";
  alternative?: string;
}

export interface ThoughtResult {
  event_id: string;
  seq: number;
}

export interface TraceEvent {
  seq: number;
  id: string;
  type: string;
  level: Level;
  actor: string;
  at: string;
  client_at?: string;
  payload: Record<string, unknown>;
  text?: Record<string, unknown>;
  erased?: boolean;
  hash: string;
}

export interface TracePage {
  items: TraceEvent[];
  next?: string | number;
  head: Head;
}

export interface Verification {
  result: VerificationResult;
  session: string;
  events: number;
  erased: number;
  gaps: number;
  checkpoints_ok: number;
  anchored: string;
  last_checkpoint_seq: number;
  unanchored_tail: number;
  first_broken?: { seq: number; id: string; reason: string; expected: string; found: string };
  warnings: string[];
}

export interface Snapshot {
  id: string;
  session_id: string;
  cause: string;
  created_at: string;
  files: CodeFile[];
}

export interface RunIn {
  session_id: string;
  kind: RunKind;
  files?: CodeFile[];
  stdin?: string;
}

export interface Accepted {
  id: string;
  state: string;
  events: string;
  position: number;
}

export interface SubmissionAccepted extends Accepted {
  attempt: number;
}

export interface Diag {
  phase: string;
  severity: string;
  file?: string;
  line?: number;
  column?: number;
  end_line?: number;
  end_column?: number;
  code: string;
  family: string;
  message: string;
  raw: string;
}

export interface TestResult {
  number: number;
  id?: string;
  title?: string;
  visibility: Visibility;
  kind?: string;
  verdict: string;
  call?: string;
  stdin?: string;
  expected?: string;
  actual?: string;
  stdout?: string;
  message?: string;
  points: number;
  max_points: number;
  wall_ms: number;
  cpu_ms: number;
  memory_kib: number;
}

export interface Run {
  id: string;
  session_id: string;
  snapshot_id: string;
  kind: RunKind;
  state: RunState;
  verdict?: string;
  exit_code?: number;
  signal?: string | number;
  stdout?: string;
  stderr?: string;
  diagnostics: Diag[];
  tests: TestResult[];
  passed?: number;
  total?: number;
  wall_ms?: number;
  cpu_ms?: number;
  memory_kib?: number;
  created_at: string;
  done_at?: string;
}

export interface Submission {
  id: string;
  session_id: string;
  exercise_id: string;
  attempt: number;
  state: string;
  verdict?: string;
  score?: number;
  max_score: number;
  passed?: number;
  total?: number;
  tests: TestResult[];
  hidden: { passed: number; total: number };
  diagnostics: Diag[];
  explanation: { rule: string; points: number; text?: string }[];
  created_at: string;
  done_at?: string;
}

export interface SubmissionList {
  items: Submission[];
  next?: string;
}

export interface Citation {
  path: string;
  line: number;
  line_end: number;
  text: string;
}

export interface TurnIn {
  kind: "question" | "hint";
  text: string;
  rung?: number;
}

export interface Turn {
  id: string;
  session_id: string;
  seq: number;
  kind: "question" | "hint";
  state: TurnState;
  text: string;
  reply?: string;
  reply_prose?: ProseNode[];
  lang?: string;
  rung?: number;
  reason?: string;
  source?: TurnSource;
  degraded: boolean;
  citations: Citation[];
  snapshot_id?: string;
  run_id?: string;
  useful?: "yes" | "partly" | "no";
  created_at: string;
  done_at?: string;
  events: string;
}

export interface TurnList {
  items: Turn[];
  next?: string;
}

export interface TurnWhy {
  rung: number;
  reason: string;
  facts: { id: string; kind: string; text: string }[];
  gate: { rule: string; action: string }[];
}

export interface Course {
  id: string;
  name: string;
  term: string;
  subject: string;
  state: string;
  role: string;
  students: number;
}

export interface CourseList {
  items: Course[];
  next?: string;
}

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

export interface Indicator {
  name: string;
  state: IndicatorState;
  value?: number;
  low?: number;
  high?: number;
  n: number;
  min_n: number;
  unit: string;
  formula_version: string;
  evidence: { session_id: string; seq: number }[];
}

export interface StudentExercise {
  exercise: { id: string; slug: string; title: string };
  session_id: string;
  state: string;
  best_score: number;
  max_score: number;
  runs: number;
  hints: number;
  active_at: string;
}

export interface StudentReport {
  user: { id: string; name: string };
  as_of: string;
  exercises: StudentExercise[];
  indicators: Indicator[];
  hints_by_rung: number[];
  days: { day: string; runs: number; submissions: number; solved: number }[];
}

/** Longest texts and ranges the server takes, in characters unless the name says otherwise. */
export const LIMITS = {
  turn_text: 8000,
  thought_text: 4000,
  thought_steps: 20,
  thought_step: 300,
  critique_why: 2000,
  critique_why_min: 10,
  reflection_answer: 2000,
  reflection_answers: 6,
  stuck_about: 300,
  stdin: 65536,
  feedback_note: 1000,
  user_name: 120,
  user_email: 254,
  user_password: 1024,
  event_batch: 500,
  event_batch_bytes: 262144,
  event_changes: 200,
  event_inserted: 20000,
  workspace_files: 50,
  workspace_bytes: 524288,
} as const;
