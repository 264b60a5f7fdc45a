import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { PROBLEM_CODES } from "../../src/api/codes.ts";
import { CLIENT_CODES, problemFrom } from "../../src/api/problem.ts";
import { loadAreas, setLang, t } from "../../src/i18n/t.ts";
import { h, render } from "preact";
import { SseParser } from "../../src/api/stream.ts";
import { Inline, codeParts } from "../../src/ui/inline.tsx";
import { isLocal, match } from "../../src/state/router.ts";
import { safeHref } from "../../src/ui/prose.tsx";
import { diff } from "../../src/ui/difflib.ts";

const DIR = "src/i18n/messages";
const read = (lang: string): Record<string, string> =>
  Object.assign(
    {},
    ...readdirSync(`${DIR}/${lang}`).map(
      (f) => JSON.parse(readFileSync(`${DIR}/${lang}/${f}`, "utf8")) as Record<string, string>,
    ),
  );

describe("words", () => {
  test.each(["es", "en"])("every problem code has a message in %s", (lang) => {
    const words = read(lang);
    for (const code of [...PROBLEM_CODES, ...CLIENT_CODES]) expect(words[`problem.${code}`], code).toBeTruthy();
  });

  test("plurals and languages", async () => {
    await setLang("es");
    await loadAreas(["problem"]);
    expect(t("problem.wait", { seconds: 1 })).toContain("1 segundo.");
    await setLang("en");
    expect(t("problem.wait", { seconds: 3 })).toContain("3 seconds");
  });

  test("Spanish has no exclamation marks and no voseo", () => {
    for (const [k, v] of Object.entries(read("es")))
      expect(v, k).not.toMatch(/[¡!]|\b(podés|tenés|hacé|mirá|escribí)\b/i);
  });
});

describe("what comes from outside", () => {
  test("a body that is no problem becomes one", () => {
    expect(problemFrom(502, "<html>", null).code).toBe("net.server");
    expect(problemFrom(400, {}, null).code).toBe("net.bad_answer");
    expect(problemFrom(429, { code: "limit.rate" }, "7").retry_after).toBe(7);
  });
  test("event streams cut anywhere give the same messages", () => {
    const text = 'id: 1\nevent: text\ndata: {"delta":"é"}\n\n: beat\n\nevent: done\ndata: {}\n\n';
    for (let i = 1; i < text.length; i++) {
      const p = new SseParser();
      const got = [...p.push(text.slice(0, i)), ...p.push(text.slice(i))];
      expect(got.map((e) => e.event)).toEqual(["text", "done"]);
    }
  });
  test("code in a message stands between backticks, and one alone stays", () => {
    expect(codeParts("Falta `:` tras `if x`.")).toEqual(["Falta ", ":", " tras ", "if x", "."]);
    expect(codeParts("un ` solo")).toEqual(["un ` solo"]);
    const box = document.createElement("div");
    render(h(Inline, { text: "`<img src=x onerror=alert(1)>` no es una etiqueta" }), box);
    expect(box.querySelector("code")?.textContent).toBe("<img src=x onerror=alert(1)>");
    expect(box.querySelector("img")).toBeNull();
  });
  test("links lead nowhere but web, mail and this site", () => {
    expect(["javascript:alert(1)", "//evil.example", "data:text/html,x", "/\\evil"].map(safeHref)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(safeHref("https://a.example")).toBe("https://a.example");
    expect([isLocal("//evil"), isLocal("https://evil"), isLocal("/home")]).toEqual([false, false, true]);
    expect(match("/work/:session", "/work/a%20b")).toEqual({ session: "a b" });
  });
  test("an address with broken percent signs is no page, and no exception", () => {
    expect(match("/work/:session", "/work/%E0%A4%A")).toBeUndefined();
  });
  test("a difference marks what differs and nothing else", () => {
    const [a, b] = diff("[0, 1, 1, 2]", "[0, 1, 2]");
    expect(a.map((p) => p.text).join("")).toBe("[0, 1, 1, 2]");
    expect(b.some((p) => p.mark)).toBe(false);
  });
});
