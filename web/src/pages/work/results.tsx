// Results: tests with differences, output, diagnostics, own input.
import { useEffect, useState } from "preact/hooks";
import { Button } from "../../ui/button.tsx";
import { Diff } from "../../ui/diff.tsx";
import { Select, TextArea } from "../../ui/field.tsx";
import { Empty, ProblemNote, State } from "../../ui/state.tsx";
import { TabPanel, Tabs } from "../../ui/tabs.tsx";
import { isPass, lookOf } from "../../ui/verdict.ts";
import { t, tMaybe } from "../../i18n/t.ts";
import { clock, duration, short } from "../../i18n/format.ts";
import { LIMITS } from "../../api/shapes.ts";
import type { Diag, Run, Submission, TestResult } from "../../api/shapes.ts";
import { dispatch, keyText, reasonAgainst } from "../../actions/registry.ts";
import { runInput, runTests, workActions } from "../../actions/work.ts";
import type { Running } from "../../state/run.ts";
import type { Work } from "../../state/work.ts";
import { resultTab, selectedTest, stdin, workDialog } from "../../state/workview.ts";

export const verdictText = (v: string): string => tMaybe(`work.verdict.${v}`) ?? v;

export function Verdict({ verdict }: { verdict: string }) {
  const look = lookOf(verdict);
  return (
    <State tone={look.tone} icon={look.icon}>
      {verdictText(verdict)}
    </State>
  );
}

const nameOf = (x: TestResult): string => x.title ?? x.call ?? t("work.test.number", { n: x.number });

/** A call reads as code, a title as text. */
function Name({ test }: { test: TestResult }) {
  const name = nameOf(test);
  return name === test.call || /^[\w.]+\(.*\)$/.test(name) ? <code>{name}</code> : <>{name}</>;
}

function Detail({ test }: { test: TestResult }) {
  const failed = !isPass(test.verdict);
  return (
    <div class="detail">
      <h3>
        <Name test={test} />
      </h3>
      <p>
        <Verdict verdict={test.verdict} />
        <span class="muted small">
          {" "}
          {t("work.test.points", { points: short(test.points), max: short(test.max_points) })}
        </span>
      </p>
      {test.call !== undefined && test.call !== nameOf(test) && (
        <p class="small">
          <span class="muted">{t("work.test.call")}</span> <code>{test.call}</code>
        </p>
      )}
      {test.stdin !== undefined && test.stdin !== "" && (
        <div class="small stack tight">
          <span class="muted">{t("work.test.stdin")}</span>
          <pre class="out">{test.stdin}</pre>
        </div>
      )}
      {(test.expected !== undefined || test.actual !== undefined) && (
        <Diff expected={test.expected} actual={test.actual === "" && test.message ? undefined : test.actual} />
      )}
      {test.message && <p class="pre">{test.message}</p>}
      {test.stdout && (
        <details>
          <summary class="small">{t("work.test.stdout")}</summary>
          <pre class="out">{test.stdout}</pre>
        </details>
      )}
      {failed && test.visibility !== "visible" && <p class="muted small">{t("work.test.masked")}</p>}
    </div>
  );
}

function Tests({ tests, hidden }: { tests: TestResult[]; hidden?: { passed: number; total: number } | undefined }) {
  const firstBad = tests.find((x) => !isPass(x.verdict))?.number ?? tests[0]?.number;
  const at = tests.find((x) => x.number === (selectedTest.value ?? firstBad)) ?? tests[0];
  return (
    <div class="results">
      <ol class="tests" aria-label={t("work.tab.tests")}>
        {tests.map((x) => {
          const look = lookOf(x.verdict);
          return (
            <li key={x.number} aria-current={x === at ? "true" : undefined}>
              <button type="button" onClick={() => (selectedTest.value = x.number)}>
                <State tone={look.tone} icon={look.icon}>
                  <span class="vh">{verdictText(x.verdict)}</span>
                </State>
                <span class="t-name">
                  <Name test={x} />
                </span>
                <span class={`end small ${look.tone}`}>
                  {tMaybe(`work.verdict_short.${x.verdict}`) ?? verdictText(x.verdict)}
                </span>
              </button>
            </li>
          );
        })}
        {hidden && hidden.total > 0 && (
          <li class="hidden-count small muted">
            {t("work.test.hidden", { passed: hidden.passed, total: hidden.total })}
          </li>
        )}
      </ol>
      {at && <Detail test={at} />}
    </div>
  );
}

function Waiting({ running, total }: { running: Running; total: number }) {
  const stop = workActions.find((a) => a.id === "work.stop");
  const queued = running.position !== undefined && running.position > 0;
  return (
    <div class="waiting row wrap" role="status">
      <State tone="muted" icon="clock">
        {queued
          ? t("work.run.queued", { position: running.position ?? 1 })
          : t(running.what === "run" ? "work.run.running" : "work.submit.running")}
      </State>
      {total > 0 && running.verdicts.size > 0 && (
        <span class="muted tab-num">{t("work.run.progress", { done: running.verdicts.size, total })}</span>
      )}
      {running.what === "run" && stop && (
        <Button onPress={() => void dispatch(stop)} icon="stop" keys={keyText("Mod-.")}>
          {t("work.act.stop")}
        </Button>
      )}
    </div>
  );
}

function SubmissionResult({ work, s }: { work: Work; s: Submission }) {
  const accepted = s.verdict === "accepted";
  const reflected = work.session.data?.reflected;
  return (
    <div class={`sub-head ${accepted ? "good" : ""}`}>
      <p class="row wrap">
        <strong>{t("work.submit.attempt", { n: s.attempt })}</strong>
        {s.verdict && <Verdict verdict={s.verdict} />}
        {s.score !== undefined && (
          <span class="muted tab-num">
            {t("work.submit.score", { score: short(s.score), max: short(s.max_score) })}
          </span>
        )}
      </p>
      {s.verdict === "judge_error" && <p class="small">{t("work.submit.not_judged")}</p>}
      {accepted && !reflected && work.session.data?.policy.reflection !== "off" && (
        <p class="row wrap">
          <Button onPress={() => (workDialog.value = { kind: "reflect" })}>{t("work.act.reflect")}</Button>
          <span class="small muted">{t("work.reflect.short")}</span>
        </p>
      )}
    </div>
  );
}

function TestsTab({ work }: { work: Work }) {
  const running = work.runs.running.value;
  const run = work.runs.last.value;
  const sub = work.runs.submission.value;
  const total = work.data()?.tests.filter((x) => x.visibility === "visible").length ?? 0;
  if (running && running.kind === "visible_tests") return <Waiting running={running} total={total} />;
  if (sub && (!run || Date.parse(sub.created_at) > Date.parse(run.created_at)))
    return (
      <div class="tests-tab">
        <SubmissionResult work={work} s={sub} />
        {(sub.tests?.length ?? 0) > 0 && <Tests tests={sub.tests ?? []} hidden={sub.hidden} />}
      </div>
    );
  if (run && run.tests.length > 0) return <Tests tests={run.tests} />;
  if (run?.verdict && run.kind === "visible_tests")
    return (
      <div class="panel-body">
        <Verdict verdict={run.verdict} />
      </div>
    );
  return (
    <div class="panel-body">
      <Empty title={t("work.tests.none")} act={<RunButton />}>
        {t("work.tests.none_text", { n: total })}
      </Empty>
    </div>
  );
}

function RunButton() {
  return (
    <Button icon="play" off={reasonAgainst(runTests)} onPress={() => void dispatch(runTests)}>
      {t("work.act.run")}
    </Button>
  );
}

function Output({ work }: { work: Work }) {
  const running = work.runs.running.value;
  const run = work.runs.last.value;
  const out = running?.kind === "input" || running?.kind === "free" ? running : undefined;
  if (!out && run?.stdout === undefined && run?.stderr === undefined)
    return (
      <div class="panel-body">
        <Empty
          title={t("work.output.none")}
          act={<Button onPress={() => (resultTab.value = "input")}>{t("work.tab.input")}</Button>}
        >
          {t("work.output.none_text")}
        </Empty>
      </div>
    );
  const stdout = out ? out.stdout : (run?.stdout ?? "");
  const stderr = out ? out.stderr : (run?.stderr ?? "");
  return (
    <div
      class="panel-body stack tight"
      onCopy={() => void work.capture?.copied("output", String(getSelection() ?? ""))}
    >
      {out ? <Waiting running={out} total={0} /> : <RunFacts run={run} />}
      {stdout !== "" && (
        <pre class="out" tabIndex={0} aria-label={t("work.output.stdout")}>
          {stdout}
        </pre>
      )}
      {!out && stdout === "" && stderr === "" && <p class="muted">{t("work.output.empty")}</p>}
      {stderr !== "" && (
        <pre class="out bad" tabIndex={0} aria-label={t("work.output.stderr")}>
          {stderr}
        </pre>
      )}
    </div>
  );
}

function RunFacts({ run }: { run: Run | undefined }) {
  if (!run) return null;
  return (
    <p class="row wrap small">
      {run.verdict && <Verdict verdict={run.verdict} />}
      {run.exit_code !== undefined && <span class="muted">{t("work.output.exit", { code: run.exit_code })}</span>}
      {run.cpu_ms !== undefined && <span class="muted tab-num">{t("work.output.cpu", { ms: run.cpu_ms })}</span>}
      {run.done_at && <span class="muted tab-num">{clock(run.done_at)}</span>}
    </p>
  );
}

function Diagnostics({ list, work }: { list: Diag[]; work: Work }) {
  if (list.length === 0)
    return (
      <div class="panel-body">
        <p class="muted">{t("work.diag.none")}</p>
      </div>
    );
  return (
    <ul class="diags">
      {list.map((d, i) => (
        <li key={i}>
          <State tone={d.severity === "warning" ? "warn" : "bad"} icon="warn">
            <span class="vh">{d.severity}</span>
          </State>
          <div class="grow">
            <p>{d.message}</p>
            {d.raw && d.raw !== d.message && (
              <p class="small muted">
                {t("work.diag.original")} <code>{d.raw}</code>
              </p>
            )}
          </div>
          {d.line !== undefined && (
            <button type="button" class="linkish small nowrap" onClick={() => work.editor?.goTo(d.line ?? 1, d.file)}>
              {t("work.line", { line: d.line })}
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

function Input({ work }: { work: Work }) {
  return (
    <div class="panel-body stack tight">
      <TextArea
        label={t("work.input.label")}
        help={t("work.input.help")}
        code
        rows={4}
        max={LIMITS.stdin}
        value={stdin.value}
        onInput={(v) => {
          stdin.value = v;
          if (work.draft) {
            work.draft.extra.stdin = v;
            void work.draft.saveLocal();
          }
        }}
      />
      <div>
        <Button icon="play" off={reasonAgainst(runInput)} onPress={() => void dispatch(runInput)}>
          {t("work.act.run_input")}
        </Button>
      </div>
    </div>
  );
}

function Attempts({ work }: { work: Work }) {
  const list = work.runs.attempts.value;
  if (list.length === 0) return null;
  const now = work.runs.submission.value?.id ?? "";
  return (
    <Select
      label={t("work.submit.attempts")}
      hideLabel
      value={now}
      options={[
        { value: "", label: t("work.submit.last_run") },
        ...list.map((s) => ({
          value: s.id,
          label: t("work.submit.attempt_of", { n: s.attempt, verdict: verdictText(s.verdict ?? "pending") }),
        })),
      ]}
      onChange={(id) => {
        const s = list.find((x) => x.id === id);
        const run = work.runs.last.peek();
        work.runs.submission.value = s
          ? {
              ...s,
              created_at: new Date(
                Math.max(Date.parse(s.created_at), run ? Date.parse(run.created_at) + 1 : 0),
              ).toISOString(),
            }
          : undefined;
        selectedTest.value = undefined;
      }}
    />
  );
}

function Stale({ work }: { work: Work }) {
  const run = work.runs.last.value;
  if (!run?.done_at || work.runs.running.value) return null;
  const changed = work.edits.value !== work.ranAt.value;
  const took = run.wall_ms === undefined ? "" : duration(run.wall_ms);
  return (
    <span class="small muted end only-w stale">
      {changed && work.ranAt.value >= 0
        ? t("work.run.stale", { time: clock(run.done_at) })
        : t("work.run.at", { time: clock(run.done_at), took })}
    </span>
  );
}

export function ResultsPanel({ work }: { work: Work }) {
  const run = work.runs.last.value;
  const sub = work.runs.submission.value;
  const diags =
    sub && (!run || Date.parse(sub.created_at) > Date.parse(run.created_at))
      ? (sub.diagnostics ?? [])
      : (run?.diagnostics ?? []);
  const [problemSeen, setSeen] = useState(false);
  const problem = work.runs.problem.value;
  useEffect(() => setSeen(false), [problem]);
  const tab = resultTab.value;
  return (
    <section class="panel p-results" id="p-results" data-panel="results" aria-label={t("work.act.results")}>
      <div class="panel-head">
        <Tabs
          name="results"
          label={t("work.act.results")}
          value={tab}
          onChange={(x) => (resultTab.value = x)}
          items={[
            {
              id: "tests",
              label: t("work.tab.tests"),
              count: run?.passed === undefined || run.total === undefined ? undefined : `${run.passed}/${run.total}`,
            },
            { id: "output", label: t("work.tab.output") },
            { id: "diagnostics", label: t("work.tab.diagnostics"), count: diags.length || undefined },
            { id: "input", label: t("work.tab.input") },
          ]}
        />
        <Stale work={work} />
        <Attempts work={work} />
      </div>
      <TabPanel name="results" value={tab} class="res-body">
        {problem && !problemSeen && (
          <div class="panel-body">
            <ProblemNote problem={problem} retry={() => void dispatch(runTests)} />
          </div>
        )}
        {work.runs.loadProblem.value && (
          <div class="panel-body">
            <ProblemNote
              problem={work.runs.loadProblem.value}
              retry={() => void work.runs.load(work.trace.lastRun())}
            />
          </div>
        )}
        {tab === "tests" && <TestsTab work={work} />}
        {tab === "output" && <Output work={work} />}
        {tab === "diagnostics" && <Diagnostics list={diags} work={work} />}
        {tab === "input" && <Input work={work} />}
      </TabPanel>
    </section>
  );
}
