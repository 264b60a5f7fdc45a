// Names for the shapes the app uses, taken from the routes: a renamed schema on the server changes nothing here.
import type { Routes } from "./routes.gen.ts";

type O<R extends keyof Routes> = Routes[R]["out"];

export type Bootstrap = O<"GET /bootstrap">;
export type User = O<"GET /me">;
export type Card = O<"GET /exercises">["items"][number];
export type Exercise = O<"GET /exercises/{id}">;
export type Session = O<"GET /sessions/{id}">;
export type Workspace = O<"GET /sessions/{id}/workspace">;
export type CodeFile = Workspace["files"][number];
export type Batch = Routes["POST /sessions/{id}/events"]["body"];
export type EventIn = Batch["events"][number];
export type Thought = Routes["POST /sessions/{id}/thoughts"]["body"];
export type TraceEvent = O<"GET /sessions/{id}/trace">["items"][number];
export type Verification = O<"GET /sessions/{id}/trace/verification">;
export type Snapshot = O<"GET /snapshots/{id}">;
export type Run = O<"GET /runs/{id}">;
export type Diag = Run["diagnostics"][number];
export type TestResult = Run["tests"][number];
export type Submission = O<"GET /submissions/{id}">;
export type Turn = O<"GET /turns/{id}">;
export type Citation = Turn["citations"][number];
export type TurnWhy = O<"GET /turns/{id}/why">;
export type Course = O<"GET /courses">["items"][number];
export type StudentReport = O<"GET /students/{id}">;
export type Indicator = StudentReport["indicators"][number];
export type Locale = "es" | "en";
export type Theme = NonNullable<User["theme"]>;
export type Level = TraceEvent["level"];
export type { ProseNode } from "./types.gen.ts";
export type { Live } from "./streamed.ts";
export { LIMITS } from "./codes.ts";
