// Where edited text came from (evidence.md A.3).
export type Origin =
  | "typed"
  | "completion"
  | "pasted_internal"
  | "pasted_external"
  | "tutor_snippet"
  | "template"
  | "undo"
  | "redo"
  | "format"
  | "assistive";
