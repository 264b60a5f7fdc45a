// Read-only code with line numbers.
import type { ComponentChildren } from "preact";
import { tokenLines } from "./highlight.ts";
import type { Token } from "./highlight.ts";

export interface CodeViewProps {
  text: string;
  label: string;
  /** Number of the first line. */
  first?: number;
  /** Lines to mark, both included. */
  region?: [number, number];
  here?: number;
  lang?: string;
}

export function Tokens({ line }: { line: Token[] }): ComponentChildren {
  return line.map((t, i) =>
    t.kind ? (
      <span key={i} class={t.kind}>
        {t.text}
      </span>
    ) : (
      t.text
    ),
  );
}

export function CodeView({ text, label, first = 1, region, here, lang = "python" }: CodeViewProps) {
  const lines = lang === "python" ? tokenLines(text) : text.split("\n").map((s): Token[] => [{ text: s, kind: "" }]);
  return (
    <div class="code" role="group" aria-label={label} tabIndex={0} translate={false}>
      {lines.map((line, i) => {
        const n = first + i;
        const marks = [region && n >= region[0] && n <= region[1] ? "region" : "", here === n ? "here" : ""];
        return (
          <div key={n} class={`ln ${marks.join(" ")}`} data-n={n}>
            <span class="src">{line.length ? <Tokens line={line} /> : " "}</span>
          </div>
        );
      })}
    </div>
  );
}
