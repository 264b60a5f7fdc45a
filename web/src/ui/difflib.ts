// What differs between two texts, by tokens; for texts too long, by common beginning and end.
export interface Piece {
  text: string;
  mark: boolean;
}

const MAX_TOKENS = 400;
const split = (s: string): string[] => s.match(/[\p{L}\p{N}_.]+|\s|[^\p{L}\p{N}_\s]/gu) ?? [];

/** Lengths of common subsequences, from the end. */
function table(a: string[], b: string[]): Uint16Array[] {
  const rows = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--) {
      const row = rows[i];
      const below = rows[i + 1];
      if (row && below) row[j] = a[i] === b[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  return rows;
}

function push(list: Piece[], text: string, mark: boolean): void {
  const last = list.at(-1);
  if (last?.mark === mark) last.text += text;
  else list.push({ text, mark });
}

function byEnds(a: string, b: string): [Piece[], Piece[]] {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  const cut = (s: string): Piece[] =>
    [
      { text: s.slice(0, head), mark: false },
      { text: s.slice(head, s.length - tail), mark: true },
      { text: s.slice(s.length - tail), mark: false },
    ].filter((p) => p.text);
  return [cut(a), cut(b)];
}

export function diff(a: string, b: string): [Piece[], Piece[]] {
  const x = split(a);
  const y = split(b);
  if (x.length > MAX_TOKENS || y.length > MAX_TOKENS) return byEnds(a, b);
  const rows = table(x, y);
  const left: Piece[] = [];
  const right: Piece[] = [];
  let i = 0;
  let j = 0;
  while (i < x.length || j < y.length) {
    const xi = x[i];
    const yj = y[j];
    if (xi !== undefined && xi === yj) {
      push(left, xi, false);
      push(right, xi, false);
      i++;
      j++;
    } else if (yj === undefined || (xi !== undefined && (rows[i + 1]?.[j] ?? 0) >= (rows[i]?.[j + 1] ?? 0))) {
      push(left, xi ?? "", true);
      i++;
    } else {
      push(right, yj, true);
      j++;
    }
  }
  return [left, right];
}

/** White space one can see: tabs, line ends, and spaces at the end of a line or several in a row. */
export function visible(s: string): { text: string; dot: boolean }[] {
  const out: { text: string; dot: boolean }[] = [];
  for (const part of s.split(/(\t|\r|\n| {2,}| +(?=\n|$))/)) {
    if (!part) continue;
    if (part === "\t") out.push({ text: "→\t", dot: true });
    else if (part === "\n") out.push({ text: "↵\n", dot: true });
    else if (part === "\r") out.push({ text: "␍", dot: true });
    else if (/^ +$/.test(part) && part.length > 0) out.push({ text: "·".repeat(part.length), dot: true });
    else out.push({ text: part, dot: false });
  }
  return out;
}
