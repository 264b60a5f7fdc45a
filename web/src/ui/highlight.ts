// Colours for read-only Python: one pass, no grammar. The editor has the real one.
const KEYWORDS = new Set(
  "and as assert async await break class continue def del elif else except finally for from global if import in is lambda match case nonlocal not or pass raise return try while with yield None True False".split(
    " ",
  ),
);
const BUILTINS = new Set(
  "abs all any bool dict enumerate filter float input int isinstance len list map max min open ord chr print range reversed round set sorted str sum tuple type zip".split(
    " ",
  ),
);

export interface Token {
  text: string;
  /** k keyword, s string, n number, f function name, b builtin, cm comment, "" other */
  kind: "" | "k" | "s" | "n" | "f" | "b" | "cm";
}

const RE =
  /(?<cm>#.*)|(?<s>(?:[rbfuRBFU]{0,2})(?:"""[^]*?(?:"""|$)|'''[^]*?(?:'''|$)|"(?:\\.|[^"\\\n])*(?:"|$)|'(?:\\.|[^'\\\n])*(?:'|$)))|(?<n>\b\d[\w.]*)|(?<w>[\p{L}_][\p{L}\p{N}_]*)/gu;

function wordKind(word: string, before: string): Token["kind"] {
  if (KEYWORDS.has(word)) return "k";
  if (/\b(?:def|class)\s+$/.test(before)) return "f";
  return BUILTINS.has(word) ? "b" : "";
}

export function tokens(source: string): Token[] {
  const out: Token[] = [];
  let at = 0;
  for (const m of source.matchAll(RE)) {
    if (m.index > at) out.push({ text: source.slice(at, m.index), kind: "" });
    const g = m.groups ?? {};
    const kind = g["cm"]
      ? "cm"
      : g["s"]
        ? "s"
        : g["n"]
          ? "n"
          : wordKind(m[0], source.slice(Math.max(0, m.index - 12), m.index));
    out.push({ text: m[0], kind });
    at = m.index + m[0].length;
  }
  if (at < source.length) out.push({ text: source.slice(at), kind: "" });
  return out;
}

/** Tokens cut at line ends. */
export function tokenLines(source: string): Token[][] {
  const lines: Token[][] = [[]];
  for (const t of tokens(source))
    for (const [i, part] of t.text.split("\n").entries()) {
      if (i > 0) lines.push([]);
      if (part) lines.at(-1)?.push({ text: part, kind: t.kind });
    }
  return lines;
}
