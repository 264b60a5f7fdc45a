// What the student last ran and what was said with the tutor, beside the code.
import { useEffect, useMemo, useState } from "preact/hooks";
import { Diff } from "../../ui/diff.tsx";
import { Inline } from "../../ui/inline.tsx";
import { Prose } from "../../ui/prose.tsx";
import { ProblemNote, Rung, Skeleton, State } from "../../ui/state.tsx";
import { isPass, lookOf } from "../../ui/verdict.ts";
import { t, tMaybe } from "../../i18n/t.ts";
import { clock } from "../../i18n/format.ts";
import type { Run, TestResult, Turn } from "../../api/shapes.ts";
import type { Resource } from "../../state/resource.ts";
import { lastRunOf, turnsOf } from "../../state/session.ts";

const EVERY_MS = 3000;
const TURNS = 3;
const DIAGNOSTICS = 3;

/** The latest version, but a new one at most every few seconds: a student types faster than one reads. */
function useCalm(version: number): number {
  const [calm, setCalm] = useState(version);
  useEffect(() => {
    if (version === calm) return;
    const timer = setTimeout(() => setCalm(version), EVERY_MS);
    return () => clearTimeout(timer);
  }, [version === calm, calm]);
  return calm;
}

function useKept<T>(make: () => Resource<T>, session: string, version: number): Resource<T> {
  const kept = useMemo(make, [session]);
  const calm = useCalm(version);
  useEffect(() => void kept.reload(), [kept, calm]);
  useEffect(() => () => kept.leave(), [kept]);
  return kept;
}

function Failure({ test }: { test: TestResult }) {
  const name = test.call ?? test.title ?? t("work.test.number", { n: test.number });
  const look = lookOf(test.verdict);
  return (
    <>
      <p class="row wrap">
        <State tone={look.tone} icon={look.icon}>
          {tMaybe(`work.verdict.${test.verdict}`)}
        </State>
        {test.call ? <code>{name}</code> : <span>{name}</span>}
      </p>
      {(test.expected !== undefined || test.actual !== undefined) && (
        <Diff expected={test.expected} actual={test.actual === "" && test.message ? undefined : test.actual} />
      )}
      {test.message && (
        <p class="small muted pre">
          <Inline text={test.message} />
        </p>
      )}
    </>
  );
}

/** Of the whole run, under a heading of its own: which test one of them made fail, if any, is not known. */
function Diagnosed({ list }: { list: Run["diagnostics"] }) {
  if (list.length === 0) return null;
  return (
    <>
      <h4>{t("work.tab.diagnostics")}</h4>
      <ul class="stack tight">
        {list.slice(0, DIAGNOSTICS).map((d, i) => (
          <li key={i} class="small">
            {d.line !== undefined && <span class="muted">{t("event.d.line", { line: d.line })} </span>}
            <Inline text={d.message} />
          </li>
        ))}
      </ul>
    </>
  );
}

function RunFacts({ run }: { run: Run }) {
  const bad = run.tests.find((x) => !isPass(x.verdict));
  return (
    <>
      {bad ? (
        <Failure test={bad} />
      ) : (
        run.passed !== undefined &&
        run.total !== undefined && (
          <State tone="ok" icon="pass">
            {t("teach.fact_tests", { passed: run.passed, total: run.total })}
          </State>
        )
      )}
      <Diagnosed list={run.diagnostics} />
    </>
  );
}

export function LastRun({ session, version }: { session: string; version: number }) {
  const v = useKept(() => lastRunOf(session), session, version).value.value;
  const run = v.data?.run;
  return (
    <div class="pane-sec">
      <h3>{run ? t("teach.last_run", { time: clock(run.created_at) }) : t("teach.last_run_head")}</h3>
      {v.data ? run ? <RunFacts run={run} /> : <p class="muted">{t("teach.no_run")}</p> : null}
      {!v.data && (v.problem ? <ProblemNote problem={v.problem} /> : <Skeleton lines={2} />)}
    </div>
  );
}

function Said({ turn, name }: { turn: Turn; name: string }) {
  return (
    <li class="stack tight">
      <p>
        <strong class="small">{name}</strong> <span class="small muted tab-num">{clock(turn.created_at)}</span>
      </p>
      <p class="pre">{turn.kind === "hint" && !turn.text ? t("teach.asked_hint") : turn.text}</p>
      {(turn.reply_prose ?? turn.reply) && (
        <div class="said">
          <p class="row">
            {turn.rung !== undefined && <Rung n={turn.rung} look="used" />}
            <strong class="small">{t("event.tutor")}</strong>
            {turn.rung !== undefined && <span class="small muted">{tMaybe(`work.rung.${turn.rung}`)}</span>}
          </p>
          {turn.reply_prose ? <Prose nodes={turn.reply_prose} lang={turn.lang} /> : <p class="pre">{turn.reply}</p>}
        </div>
      )}
    </li>
  );
}

export function Dialogue({ session, name, version }: { session: string; name: string; version: number }) {
  const v = useKept(() => turnsOf(session), session, version).value.value;
  const last = (v.data ?? []).slice(-TURNS);
  return (
    <div class="pane-sec">
      <h3>{t("teach.dialogue")}</h3>
      {v.data && last.length === 0 && <p class="muted">{t("teach.no_dialogue")}</p>}
      {v.data && v.data.length > TURNS && (
        <p class="small muted">{t("teach.last_turns", { n: TURNS, total: v.data.length })}</p>
      )}
      {last.length > 0 && (
        <ol class="pane-talk">
          {last.map((x) => (
            <Said key={x.id} turn={x} name={name} />
          ))}
        </ol>
      )}
      {!v.data && (v.problem ? <ProblemNote problem={v.problem} /> : <Skeleton lines={3} />)}
    </div>
  );
}
