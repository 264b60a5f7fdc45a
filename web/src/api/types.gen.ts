// Written by tools/gen-types.mjs from the server's OpenAPI. Do not edit.

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

/** The report of a chain (evidence.md B.5). */
export interface Verification {
  result: "ok" | "broken" | "incomplete";
  session: string;
  events: number;
  erased: number;
  gaps: number;
  checkpoints_ok: number;
  anchored?: string;
  last_checkpoint_seq: number;
  unanchored_tail: number;
  first_broken?: { seq: number; id?: string; reason: string; expected?: string; found?: string };
  warnings: string[];
}

export interface Bootstrap {
  tenant: string;
  version: string;
  locales: string[];
  demo: boolean;
  setup_needed: boolean;
  server_time: string;
}

export interface BrowserEvent {
  event_id: string;
  type: string;
  client_at: number;
  payload: Record<string, unknown>;
  text?: Record<string, unknown>;
}

export interface Citation {
  path: string;
  line: number;
  line_end: number;
  text: string;
}

export interface CodeFile {
  path: string;
  text: string;
}

export interface Course {
  id: string;
  name: string;
  term: string;
  subject: string;
  state: "draft" | "active" | "closed" | "archived";
  role: "student" | "assistant" | "teacher";
  students: number;
}

export interface CourseList {
  items: Course[];
}

export interface Diagnostic {
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

export interface Enrolment {
  user: Person;
  role: "student" | "assistant" | "teacher";
  state: "active" | "suspended" | "removed";
}

export interface EnrolmentList {
  items: Enrolment[];
}

export interface EventBatch {
  client: string;
  first: number;
  client_now: number;
  events: BrowserEvent[];
}

export interface EventReceipt {
  accepted: number;
  duplicates: number;
  refused: EventRefusal[];
  head: TraceHead;
}

export interface EventRefusal {
  i: number;
  code: string;
}

export interface EvidenceRef {
  session_id: string;
  seq: number;
}

export interface Exercise {
  id: string;
  slug: string;
  title: string;
  summary: string;
  lang: "es" | "en";
  kind: "code" | "fix";
  difficulty: "easy" | "medium" | "hard";
  minutes: number;
  unit?: number;
  skills: Skill[];
  state: "new" | "in_progress" | "solved";
  session_id?: string;
  best_score?: number;
  max_score: number;
  submissions: number;
  version: number;
  statement: ProseNode[];
  languages: string[];
  files: ExerciseFile[];
  entry: string;
  tests: ExerciseTest[];
  limits: ExerciseLimits;
  hints: number;
}

export interface ExerciseCard {
  id: string;
  slug: string;
  title: string;
  summary: string;
  lang: "es" | "en";
  kind: "code" | "fix";
  difficulty: "easy" | "medium" | "hard";
  minutes: number;
  unit?: number;
  skills: Skill[];
  state: "new" | "in_progress" | "solved";
  session_id?: string;
  best_score?: number;
  max_score: number;
  submissions: number;
}

export interface ExerciseFile {
  path: string;
  text: string;
  read_only: boolean;
}

export interface ExerciseLimits {
  cpu_ms: number;
  wall_ms: number;
  memory_kib: number;
  output_kib: number;
}

export interface ExerciseList {
  items: ExerciseCard[];
}

export interface ExerciseRef {
  id: string;
  slug: string;
  title: string;
  version: number;
}

export interface ExerciseTest {
  number: number;
  id?: string;
  title?: string;
  visibility: "visible" | "hidden" | "after_due";
  kind?: "stdio" | "call";
  call?: string;
  stdin?: string;
  expected?: string;
  points: number;
}

export interface GateAction {
  rule: string;
  action: string;
}

export interface HiddenCount {
  passed: number;
  total: number;
}

export interface Indicator {
  name: string;
  state: "ok" | "insufficient" | "not_applicable";
  value?: number;
  low?: number;
  high?: number;
  n: number;
  min_n: number;
  unit: string;
  formula_version: string;
  evidence: EvidenceRef[];
}

export interface Lease {
  client: string;
  fence: number;
  expires_at: string;
}

export interface LeaseTake {
  client: string;
  take_over?: boolean;
}

export interface Login {
  email: string;
  password: string;
}

export interface LoginResult {
  state: "done" | "factor";
  user?: User;
}

export interface MePatch {
  name?: string;
  locale?: "es" | "en";
  theme?: "system" | "light" | "dark" | "contrast";
}

export interface MyCourse {
  id: string;
  name: string;
  term: string;
  role: "student" | "assistant" | "teacher";
}

export interface PasswordReset {
  token: string;
  password: string;
}

export interface Person {
  id: string;
  name: string;
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail?: string;
  code: string;
  request_id: string;
  retry_after?: number;
  fields?: ({ path?: string; code?: string; params?: Record<string, unknown> })[];
}

export interface Progress {
  user: UserRef;
  as_of: string;
  exercises: WorkedExercise[];
  indicators: Indicator[];
  hints_by_rung: number[];
  days: ProgressDay[];
}

export interface ProgressDay {
  day: string;
  runs: number;
  submissions: number;
  solved: number;
}

export interface Run {
  id: string;
  session_id: string;
  snapshot_id: string;
  kind: "free" | "visible_tests" | "input";
  state: "queued" | "running" | "done" | "failed" | "cancelled";
  verdict?: "ok" | "compile_error" | "compile_limit" | "runtime_error" | "time_limit" | "idle_limit" | "memory_limit" | "process_limit" | "output_limit" | "violation" | "judge_error";
  exit_code?: number;
  signal?: number;
  stdout?: string;
  stderr?: string;
  diagnostics: Diagnostic[];
  tests: TestResult[];
  passed?: number;
  total?: number;
  wall_ms?: number;
  cpu_ms?: number;
  memory_kib?: number;
  created_at: string;
  done_at?: string;
}

export interface RunAccepted {
  id: string;
  state: "queued" | "running" | "done" | "failed" | "cancelled";
  events: string;
  position: number;
}

export interface RunStart {
  session_id: string;
  kind: "free" | "visible_tests" | "input";
  files?: CodeFile[];
  stdin?: string;
}

export interface ScoreReason {
  rule: string;
  id?: string;
  passed: number;
  total: number;
  points: number;
  max_points: number;
}

export interface Session {
  id: string;
  state: "opened" | "paused" | "resumed" | "closed" | "abandoned";
  rev: number;
  exercise: ExerciseRef;
  user: UserRef;
  course_id?: string;
  purpose: "work" | "trial" | "exam";
  opened_at: string;
  active_at: string;
  ended_at?: string;
  end_reason?: "submitted" | "student" | "teacher" | "deadline" | "idle";
  best_score?: number;
  max_score: number;
  policy: SessionPolicy;
  lease?: Lease;
  counts: SessionCounts;
  last: SessionLast;
  plan?: SessionPlan;
  reflected: boolean;
  head: TraceHead;
  complete: TraceLevels;
}

export interface SessionCounts {
  events: number;
  runs: number;
  turns: number;
  submissions: number;
  pastes?: number;
}

export interface SessionLast {
  verdict?: string;
  passed?: number;
  total?: number;
  rung?: number;
  at?: string;
}

export interface SessionList {
  items: Session[];
  next?: string;
}

export interface SessionMove {
  state: "paused" | "resumed" | "closed";
}

export interface SessionOpen {
  exercise_id: string;
}

export interface SessionPlan {
  text: string;
  steps: string[];
}

export interface SessionPolicy {
  tutor: boolean;
  max_rung: number;
  hidden_shown: "none" | "count" | "names";
  plan: "off" | "optional" | "required";
  reflection: "off" | "optional" | "required";
  turns_per_hour: number;
}

export interface SetupClaim {
  token: string;
  email: string;
  name: string;
  password: string;
}

export interface Skill {
  id: string;
  title: string;
}

export interface Snapshot {
  id: string;
  session_id: string;
  cause: "open" | "autosave" | "run" | "submit" | "turn" | "paste" | "restore" | "conflict" | "pause" | "close";
  created_at: string;
  files: CodeFile[];
}

export interface Submission {
  id: string;
  session_id: string;
  exercise_id: string;
  attempt: number;
  state: "queued" | "running" | "done" | "failed" | "cancelled";
  verdict?: "accepted" | "partial" | "rejected" | "compile_error" | "compile_limit" | "construct_violation" | "violation" | "judge_error";
  score?: number;
  max_score: number;
  passed?: number;
  total?: number;
  tests?: TestResult[];
  hidden?: HiddenCount;
  diagnostics?: Diagnostic[];
  explanation?: ScoreReason[];
  created_at: string;
  done_at?: string;
}

export interface SubmissionAccepted {
  id: string;
  attempt: number;
  state: "queued" | "running" | "done" | "failed" | "cancelled";
  events: string;
  position: number;
}

export interface SubmissionList {
  items: Submission[];
}

export interface SubmissionStart {
  session_id: string;
  files?: CodeFile[];
}

export interface TestResult {
  number: number;
  id?: string;
  title?: string;
  visibility: "visible" | "hidden" | "after_due";
  kind?: "stdio" | "call";
  verdict: "passed" | "wrong_answer" | "presentation" | "runtime_error" | "time_limit" | "idle_limit" | "memory_limit" | "process_limit" | "output_limit" | "violation" | "skipped" | "unstable" | "judge_error" | "compile_error";
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

export interface Thought {
  type: "goal_set" | "plan_stated" | "plan_revised" | "prediction_made" | "justification_given" | "explanation_given" | "alternative_discarded" | "reply_criticised" | "reflection_written" | "stuck_declared";
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
  verdict?: string;
  how_checked?: string;
  alternative?: string;
}

export interface ThoughtReceipt {
  event_id: string;
  seq: number;
}

export interface TraceEvent {
  seq: number;
  id: string;
  type: string;
  level: "n1" | "n2" | "n3" | "n4";
  actor: "student" | "tutor" | "judge" | "teacher" | "system";
  at: string;
  client_at?: string;
  payload: Record<string, unknown>;
  text?: Record<string, unknown>;
  erased?: boolean;
  hash: string;
}

export interface TraceHead {
  seq: number;
  hash: string;
}

export interface TraceLevels {
  n1: boolean;
  n2: boolean;
  n3: boolean;
  n4: boolean;
}

export interface TracePage {
  items: TraceEvent[];
  next?: number;
  head: TraceHead;
}

export interface Turn {
  id: string;
  session_id: string;
  seq: number;
  kind: "question" | "hint" | "check" | "talk" | "editor";
  state: "queued" | "running" | "streaming" | "done" | "refused" | "cancelled" | "failed";
  text: string;
  reply?: string;
  reply_prose?: ProseNode[];
  lang?: "es" | "en";
  rung?: number;
  reason?: string;
  source?: "rules" | "llm" | "canned";
  degraded: boolean;
  citations: Citation[];
  snapshot_id?: string;
  useful?: "yes" | "no" | "partly";
  created_at: string;
  done_at?: string;
  events: string;
}

export interface TurnFact {
  id: string;
  kind: string;
  text: string;
}

export interface TurnFeedback {
  useful: "yes" | "no" | "partly";
  note?: string;
}

export interface TurnList {
  items: Turn[];
}

export interface TurnStart {
  kind: "question" | "hint";
  text: string;
  rung?: number;
}

export interface TurnWhy {
  rung?: number;
  reason?: string;
  facts: TurnFact[];
  gate: GateAction[];
}

export interface User {
  id: string;
  name: string;
  email?: string;
  locale: "es" | "en";
  theme?: "system" | "light" | "dark" | "contrast";
  roles: string[];
  courses: MyCourse[];
}

export interface UserRef {
  id: string;
  name: string;
}

export interface WorkedExercise {
  exercise: WorkedExerciseRef;
  session_id: string;
  state: "opened" | "paused" | "resumed" | "closed" | "abandoned";
  best_score?: number;
  max_score: number;
  runs: number;
  hints: number;
  active_at: string;
}

export interface WorkedExerciseRef {
  id: string;
  slug: string;
  title: string;
}

export interface Workspace {
  rev: number;
  files: CodeFile[];
  open_path?: string;
  tree_hash: string;
  saved_at: string;
}

export interface WorkspaceSave {
  files: CodeFile[];
  open_path?: string;
}

/** Longest text (characters), longest list (items) or largest number of each limited field. */
export const MAX = {
  "Bootstrap.tenant": 200,
  "Bootstrap.version": 40,
  "Bootstrap.locales": 4,
  "BrowserEvent.type": 48,
  "Citation.path": 200,
  "Citation.text": 2000,
  "CodeFile.path": 200,
  "CodeFile.text": 524288,
  "Course.name": 200,
  "Course.term": 50,
  "Course.subject": 200,
  "Course.students": 1000000,
  "CourseList.items": 200,
  "Diagnostic.phase": 20,
  "Diagnostic.severity": 20,
  "Diagnostic.file": 200,
  "Diagnostic.line": 2147483647,
  "Diagnostic.column": 2147483647,
  "Diagnostic.end_line": 2147483647,
  "Diagnostic.end_column": 2147483647,
  "Diagnostic.code": 80,
  "Diagnostic.family": 40,
  "Diagnostic.message": 2000,
  "Diagnostic.raw": 2000,
  "EnrolmentList.items": 2000,
  "EventBatch.client": 16,
  "EventBatch.first": 9007199254740991,
  "EventBatch.events": 500,
  "EventReceipt.accepted": 500,
  "EventReceipt.duplicates": 500,
  "EventReceipt.refused": 500,
  "EventRefusal.i": 500,
  "EventRefusal.code": 60,
  "Exercise.slug": 80,
  "Exercise.title": 80,
  "Exercise.summary": 200,
  "Exercise.minutes": 240,
  "Exercise.unit": 100,
  "Exercise.skills": 6,
  "Exercise.languages": 6,
  "Exercise.files": 16,
  "Exercise.entry": 200,
  "Exercise.tests": 100,
  "Exercise.hints": 100,
  "ExerciseCard.slug": 80,
  "ExerciseCard.title": 80,
  "ExerciseCard.summary": 200,
  "ExerciseCard.minutes": 240,
  "ExerciseCard.unit": 100,
  "ExerciseCard.skills": 6,
  "ExerciseFile.path": 200,
  "ExerciseFile.text": 524288,
  "ExerciseLimits.cpu_ms": 30000,
  "ExerciseLimits.wall_ms": 120000,
  "ExerciseLimits.memory_kib": 1048576,
  "ExerciseLimits.output_kib": 4096,
  "ExerciseList.items": 500,
  "ExerciseRef.slug": 80,
  "ExerciseRef.title": 200,
  "ExerciseTest.number": 100,
  "ExerciseTest.id": 60,
  "ExerciseTest.title": 200,
  "ExerciseTest.call": 65536,
  "ExerciseTest.stdin": 65536,
  "ExerciseTest.expected": 65536,
  "GateAction.rule": 60,
  "GateAction.action": 20,
  "HiddenCount.passed": 100,
  "HiddenCount.total": 100,
  "Indicator.name": 60,
  "Indicator.unit": 20,
  "Indicator.formula_version": 40,
  "Indicator.evidence": 200,
  "Lease.client": 16,
  "LeaseTake.client": 16,
  "Login.email": 254,
  "Login.password": 1024,
  "MePatch.name": 100,
  "MyCourse.name": 200,
  "MyCourse.term": 50,
  "PasswordReset.token": 43,
  "PasswordReset.password": 1024,
  "Person.name": 200,
  "Progress.exercises": 200,
  "Progress.indicators": 20,
  "Progress.days": 120,
  "ProgressDay.day": 10,
  "Run.exit_code": 2147483647,
  "Run.signal": 64,
  "Run.stdout": 65536,
  "Run.stderr": 65536,
  "Run.diagnostics": 20,
  "Run.tests": 100,
  "Run.passed": 100,
  "Run.total": 100,
  "RunAccepted.events": 200,
  "RunStart.files": 50,
  "RunStart.stdin": 65536,
  "ScoreReason.rule": 20,
  "ScoreReason.id": 60,
  "ScoreReason.passed": 100,
  "ScoreReason.total": 100,
  "SessionLast.verdict": 30,
  "SessionLast.passed": 100,
  "SessionLast.total": 100,
  "SessionLast.rung": 4,
  "SessionList.items": 200,
  "SessionList.next": 60,
  "SessionPlan.text": 4000,
  "SessionPlan.steps": 20,
  "SessionPolicy.max_rung": 4,
  "SessionPolicy.turns_per_hour": 120,
  "SetupClaim.token": 43,
  "SetupClaim.email": 254,
  "SetupClaim.name": 100,
  "SetupClaim.password": 1024,
  "Skill.id": 80,
  "Skill.title": 200,
  "Snapshot.files": 50,
  "Submission.passed": 100,
  "Submission.total": 100,
  "Submission.tests": 100,
  "Submission.diagnostics": 20,
  "Submission.explanation": 50,
  "SubmissionAccepted.events": 200,
  "SubmissionList.items": 200,
  "SubmissionStart.files": 50,
  "TestResult.number": 100,
  "TestResult.id": 60,
  "TestResult.title": 200,
  "TestResult.call": 65536,
  "TestResult.stdin": 65536,
  "TestResult.expected": 65536,
  "TestResult.actual": 4096,
  "TestResult.stdout": 4096,
  "TestResult.message": 2000,
  "Thought.text": 4000,
  "Thought.steps": 20,
  "Thought.reason": 4000,
  "Thought.about": 300,
  "Thought.expected": 2000,
  "Thought.confidence": 100,
  "Thought.why": 2000,
  "Thought.answers": 6,
  "Thought.confidence_before": 100,
  "Thought.confidence_after": 100,
  "Thought.verdict": 20,
  "Thought.how_checked": 20,
  "Thought.alternative": 1000,
  "TraceEvent.type": 48,
  "TraceEvent.hash": 64,
  "TraceHead.hash": 64,
  "TracePage.items": 1000,
  "Turn.text": 8000,
  "Turn.reply": 65536,
  "Turn.rung": 4,
  "Turn.reason": 40,
  "Turn.citations": 20,
  "Turn.events": 200,
  "TurnFact.id": 40,
  "TurnFact.kind": 40,
  "TurnFact.text": 1000,
  "TurnFeedback.note": 1000,
  "TurnList.items": 200,
  "TurnStart.text": 8000,
  "TurnStart.rung": 4,
  "TurnWhy.rung": 4,
  "TurnWhy.reason": 40,
  "TurnWhy.facts": 40,
  "TurnWhy.gate": 20,
  "User.name": 100,
  "User.email": 254,
  "User.roles": 4,
  "User.courses": 200,
  "UserRef.name": 200,
  "WorkedExerciseRef.slug": 80,
  "WorkedExerciseRef.title": 200,
  "Workspace.files": 50,
  "Workspace.open_path": 200,
  "Workspace.tree_hash": 64,
  "WorkspaceSave.files": 50,
  "WorkspaceSave.open_path": 200,
} as const;
