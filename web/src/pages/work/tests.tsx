// Tests of a run or of an attempt, one by one with their differences.
import { Button } from "../../ui/button.tsx";
import { Diff } from "../../ui/diff.tsx";
import { Empty, State } from "../../ui/state.tsx";
import { isPass, lookOf } from "../../ui/verdict.ts";
import { Inline } from "../../ui/inline.tsx";
import { t, tMaybe } from "../../i18n/t.ts";
import { short } from "../../i18n/format.ts";
import type { Submission, TestResult } from "../../api/shapes.ts";
import { dispatch, reasonAgainst } from "../../actions/registry.ts";
import { runTests } from "../../actions/work.ts";
import type { Work } from "../../state/work.ts";
import { selectedTest, workDialog } from "../../state/workview.ts";
import { Verdict, verdictText } from "./verdict.tsx";
import { Arriving } from "./waiting.tsx";

type Named = Pick<TestResult, "number" | "title" | "call">;

const nameOf = (x: Named): string => x.title ?? x.call ?? t("work.test.number", { n: x.number });

/** A call reads as code, a title as text. */
export function Name({ test }: { test: Named }) {
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
      {test.message && (
        <p class="pre">
          <Inline text={test.message} />
        </p>
      )}
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
          <Onward />
        </p>
      )}
      {accepted && (reflected || work.session.data?.policy.reflection === "off") && (
        <p>
          <Onward />
        </p>
      )}
    </div>
  );
}

const Onward = () => (
  <a class="btn quiet" href="/practice">
    {t("work.submit.onward")}
  </a>
);

export function TestsTab({ work }: { work: Work }) {
  const running = work.runs.running.value;
  const run = work.runs.last.value;
  const sub = work.runs.submission.value;
  const visible = work.data()?.tests.filter((x) => x.visibility === "visible") ?? [];
  if (running && running.kind === "visible_tests") return <Arriving running={running} work={work} tests={visible} />;
  if (sub)
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
        {t("work.tests.none_text", { n: visible.length })}
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
