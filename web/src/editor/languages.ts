// Grammars by file name. A new language is one line here and a budget.
import type { Extension } from "@codemirror/state";
import { python } from "@codemirror/lang-python";

export function languageFor(path: string): Extension[] {
  return path.endsWith(".py") ? [python()] : [];
}
