// Results: tests, output, diagnostics and own input behind tabs; of the last run, or of the attempt chosen.
import { Select } from "../../ui/field.tsx";
import { ProblemNote, State } from "../../ui/state.tsx";
import { TabPanel, Tabs } from "../../ui/tabs.tsx";
import { Inline } from "../../ui/inline.tsx";
import { t } from "../../i18n/t.ts";
import { clock, duration } from "../../i18n/format.ts";
import type { Diag } from "../../api/shapes.ts";
import { dispatch } from "../../actions/registry.ts";
import { runTests } from "../../actions/work.ts";
import type { Work } from "../../state/work.ts";
import { resultTab, selectedTest } from "../../state/workview.ts";
import { Input, Output } from "./output.tsx";
import { TestsTab } from "./tests.tsx";
import { verdictText } from "./verdict.tsx";

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
            <span class="vh">{t(d.severity === "warning" ? "work.diag.warning" : "work.diag.error")}</span>
          </State>
          <div class="grow">
            <p>
              <Inline text={d.message} />
            </p>
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
        work.runs.submission.value = list.find((x) => x.id === id);
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
  const diags = (sub ?? run)?.diagnostics ?? [];
  const problem = work.runs.problem.value;
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
        {problem && (
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
