// Dialogue, runs and plan up to the cursor.
import { useEffect } from "preact/hooks";
import { Diff } from "../../ui/diff.tsx";
import { Rung, State } from "../../ui/state.tsx";
import { isPass, lookOf } from "../../ui/verdict.ts";
import { Inline } from "../../ui/inline.tsx";
import { t, tMaybe } from "../../i18n/t.ts";
import { clockSec } from "../../i18n/format.ts";
import type { TraceEvent } from "../../api/shapes.ts";
import { withoutDoubles } from "../../replay/marks.ts";
import type { Replay } from "../../state/replay.ts";
import { describe, typeName } from "./describe.ts";

const str = (v: unknown): string => (typeof v === "string" ? v : "");
const int = (v: unknown): number | undefined => (typeof v === "number" ? v : undefined);

function upTo(replay: Replay): TraceEvent[] {
  return (replay.film.value?.events ?? []).slice(0, replay.cursor.value);
}

function When({ e, replay }: { e: TraceEvent; replay: Replay }) {
  const at = (replay.film.value?.events ?? []).indexOf(e);
  return (
    <button type="button" class="linkish small tab-num" onClick={() => replay.seek(at + 1)}>
      {clockSec(e.client_at ?? e.at)}
    </button>
  );
}

export function Dialogue({ replay, name }: { replay: Replay; name: string }) {
  const rows = upTo(replay).filter((e) =>
    ["prompt_sent", "reply_sent", "reply_criticised", "prompt_refused"].includes(e.type),
  );
  if (rows.length === 0) return <p class="pane-empty muted">{t("event.no_dialogue")}</p>;
  return (
    <div class="log-in">
      {rows.map((e) => {
        const mine = e.actor === "student";
        const rung = int(e.payload["rung"]);
        return (
          <article key={e.seq} class={`turn ${mine ? "me" : ""}`}>
            <p class="who small">
              {rung !== undefined && <Rung n={rung} look="used" />}
              <strong>{mine ? name : t("event.tutor")}</strong>
              {e.type === "reply_criticised" && <span class="muted">{typeName(e)}</span>}
              <When e={e} replay={replay} />
            </p>
            <p class="pre">{e.erased ? t("event.erased") : str(e.text?.["text"]) || str(e.text?.["why"])}</p>
          </article>
        );
      })}
    </div>
  );
}

function RunDetail({ id, replay }: { id: string; replay: Replay }) {
  useEffect(() => void replay.loadRun(id), [id]);
  const run = replay.runs.value.get(id);
  if (!run) return null;
  const bad = run.tests.find((x) => !isPass(x.verdict));
  return (
    <>
      {bad && (
        <div class="stack tight">
          <p class="small">
            <code>{bad.call ?? bad.title}</code>
          </p>
          {(bad.expected !== undefined || bad.actual !== undefined) && (
            <Diff expected={bad.expected} actual={bad.actual} />
          )}
          {bad.message && (
            <p class="small muted">
              <Inline text={bad.message} />
            </p>
          )}
        </div>
      )}
      {run.diagnostics.slice(0, 3).map((d, i) => (
        <p key={i} class="small">
          {d.line !== undefined && <span class="muted">{t("event.d.line", { line: d.line })} </span>}
          <Inline text={d.message} />
        </p>
      ))}
      {run.stdout && <pre class="out">{run.stdout}</pre>}
    </>
  );
}

export function RunList({ replay }: { replay: Replay }) {
  const rows = withoutDoubles(upTo(replay)).filter((e) =>
    ["tests_finished", "run_finished", "submission_made"].includes(e.type),
  );
  if (rows.length === 0) return <p class="pane-empty muted">{t("event.no_runs")}</p>;
  return (
    <ul class="rp-list">
      {rows.map((e, i) => {
        const passed = int(e.payload["passed"]);
        const verdict =
          str(e.payload["verdict"]) ||
          (passed !== undefined && passed === int(e.payload["total"]) ? "passed" : "wrong_answer");
        const look = e.type === "submission_made" ? ({ tone: "info", icon: "flag" } as const) : lookOf(verdict);
        const id = str(e.payload["run"]);
        return (
          <li key={e.seq} class="stack tight">
            <p class="row wrap">
              <State tone={look.tone} icon={look.icon}>
                {typeName(e)}
              </State>
              <span>{describe(e, undefined)}</span>
              <span class="end" />
              <When e={e} replay={replay} />
            </p>
            {id && i >= rows.length - 3 && <RunDetail id={id} replay={replay} />}
          </li>
        );
      })}
    </ul>
  );
}

export function Reasons({ replay }: { replay: Replay }) {
  const rows = upTo(replay).filter((e) => e.level === "n4");
  if (rows.length === 0) return <p class="pane-empty muted">{t("event.no_reasons")}</p>;
  return (
    <ul class="rp-list">
      {rows.map((e) => {
        const list = (k: string): string[] => (Array.isArray(e.text?.[k]) ? (e.text[k] as unknown[]).map(String) : []);
        const verdict = str(e.payload["verdict"]);
        return (
          <li key={e.seq} class="stack tight">
            <p class="row">
              <strong>{typeName(e)}</strong>
              {verdict && <span class="muted">{tMaybe(`work.critique.verdict_${verdict}`)}</span>}
              <span class="end" />
              <When e={e} replay={replay} />
            </p>
            {e.erased && <p class="muted">{t("event.erased")}</p>}
            {["text", "reason", "why", "about", "expected"].map(
              (k) =>
                str(e.text?.[k]) && (
                  <p key={k} class="pre">
                    {str(e.text?.[k])}
                  </p>
                ),
            )}
            {[...list("steps"), ...list("answers")].map((x, i) => (
              <p key={i} class="pre">
                {x}
              </p>
            ))}
          </li>
        );
      })}
    </ul>
  );
}
