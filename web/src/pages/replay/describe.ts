// One event in words, from its own facts.
import { t, tMaybe } from "../../i18n/t.ts";
import { duration, num } from "../../i18n/format.ts";
import type { TraceEvent } from "../../api/shapes.ts";

const MAX = 160;
const cut = (s: string): string => (s.length > MAX ? `${s.slice(0, MAX)}…` : s);
const str = (v: unknown): string | undefined => (typeof v === "string" && v !== "" ? v : undefined);
const int = (v: unknown): number | undefined => (typeof v === "number" ? v : undefined);
const quote = (s: string): string => t("event.quote", { text: cut(s.replace(/\s+/g, " ").trim()) });

const TEXT_KEYS = ["text", "why", "about", "expected", "alternative"];

function ownText(e: TraceEvent): string {
  const x = e.text ?? {};
  const answers = Array.isArray(x["answers"]) ? (x["answers"] as unknown[]).map(String).join(" / ") : undefined;
  const steps = Array.isArray(x["steps"]) ? (x["steps"] as unknown[]).map(String).join("; ") : undefined;
  const found = TEXT_KEYS.map((k) => str(x[k])).find(Boolean) ?? answers ?? steps ?? str(e.payload["expected"]);
  return found ? quote(found) : "";
}

function edited(e: TraceEvent, line: number | undefined): string {
  const changes = Array.isArray(e.payload["changes"]) ? (e.payload["changes"] as number[][]) : [];
  const del = changes.reduce((s, c) => s + (c[1] ?? 0), 0);
  const inserted = Array.isArray(e.text?.["inserted"]) ? (e.text["inserted"] as unknown[]).map(String).join("") : "";
  const ins = changes.reduce((s, c) => s + (c[2] ?? 0), 0);
  const where = line === undefined ? "" : t("event.d.line", { line });
  const origin = tMaybe(`event.origin.${str(e.payload["origin"]) ?? "typed"}`) ?? "";
  const what = ins > 0 ? (inserted.trim() ? quote(inserted) : t("event.d.blank", { n: ins })) : "";
  const gone = del > 0 ? t("event.d.deleted", { n: del }) : "";
  return [where, origin === "" || e.payload["origin"] === "typed" ? "" : origin, what, gone]
    .filter(Boolean)
    .join(" · ");
}

function result(e: TraceEvent): string {
  const passed = int(e.payload["passed"]);
  const total = int(e.payload["total"]);
  if (passed !== undefined && total !== undefined) return t("event.d.tests", { passed, total });
  const v = str(e.payload["verdict"]);
  return v ? (tMaybe(`work.verdict.${v}`) ?? v) : "";
}

const SIMPLE: Record<string, (e: TraceEvent) => string> = {
  tests_finished: result,
  run_finished: result,
  code_run: (e) => tMaybe(`event.run_kind.${str(e.payload["kind"]) ?? "free"}`) ?? "",
  hint_given: (e) => t("event.d.rung", { n: int(e.payload["rung"]) ?? 0 }),
  statement_viewed: (e) => duration(int(e.payload["visible_ms"]) ?? 0),
  reply_viewed: (e) => duration(int(e.payload["visible_ms"]) ?? 0),
  focus_regained: (e) => t("event.d.away", { time: duration(int(e.payload["away_ms"]) ?? 0) }),
  connection_regained: (e) => duration(int(e.payload["offline_ms"]) ?? 0),
  submission_made: (e) => t("event.d.attempt", { n: int(e.payload["attempt"]) ?? 1 }),
  snapshot_taken: (e) => tMaybe(`event.cause.${str(e.payload["cause"]) ?? ""}`) ?? "",
  text_copied: (e) =>
    t("event.d.copied", {
      n: num(int(e.payload["length"]) ?? 0),
      source: tMaybe(`event.source.${str(e.payload["source"]) ?? "other"}`) ?? "",
    }),
  reply_rated: (e) => tMaybe(`event.rating.${String(e.payload["rating"] ?? "")}`) ?? "",
};

export function describe(e: TraceEvent, line: number | undefined): string {
  if (e.erased) return t("event.erased");
  if (e.type === "code_edited") return edited(e, line);
  const own = SIMPLE[e.type]?.(e);
  return own ?? ownText(e);
}

export const typeName = (e: TraceEvent): string => tMaybe(`event.type.${e.type}`) ?? e.type;
