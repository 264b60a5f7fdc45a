import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const css = readFileSync("src/style/tokens.css", "utf8");

function tokens(theme: string): Record<string, string> {
  const at = css.indexOf(`[data-theme="${theme}"] {`);
  const block = css.slice(at, css.indexOf("}", at));
  return Object.fromEntries([...block.matchAll(/--([a-z-]+):\s*(#[0-9a-f]{6})/g)].map((m) => [m[1] ?? "", m[2] ?? ""]));
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((i) => {
    const v = parseInt(hex.slice(i, i + 2), 16) / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function ratio(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)].sort((m, n) => n - m);
  return ((x ?? 0) + 0.05) / ((y ?? 0) + 0.05);
}

const TEXT = ["text", "muted", "accent", "ok", "warn", "bad", "info"];
const CODE = ["syn-kw", "syn-str", "syn-num", "syn-fn", "syn-bi", "syn-com"];
const BACK = ["bg", "surface", "sunken"];

describe.each([
  ["light", 4.5],
  ["dark", 4.5],
  ["contrast", 7],
] as const)("theme %s", (theme, least) => {
  const c = tokens(theme);
  const pairs: [string, string, number][] = [
    ...TEXT.flatMap((t) => BACK.map((b): [string, string, number] => [t, b, least])),
    ...CODE.map((t): [string, string, number] => [t, "surface", least]),
    ["text", "selected", least],
    ["muted", "selected", 4.5],
    ["text", "ok-mark", least],
    ["text", "bad-mark", least],
    ["text", "bad-soft", least],
    ["text", "warn-soft", least],
    ["muted", "hover", 4.5],
    ["on-accent", "accent", least],
    ...["border", "focus"].flatMap((t) => BACK.map((b): [string, string, number] => [t, b, 3])),
  ];
  test.each(pairs)("%s on %s", (fore, back, min) => {
    expect(ratio(c[fore] ?? "#000000", c[back] ?? "#000000")).toBeGreaterThanOrEqual(min - 0.05);
  });
});
