// /work/:session: statement, code, results and tutor of one session.
import "./page.css";
import "../../style/code.css";
import { useSignalEffect } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import type { IconName } from "../../ui/icon.tsx";
import { Splitter } from "../../ui/splitter.tsx";
import { ProblemNote } from "../../ui/state.tsx";
import { isPass } from "../../ui/verdict.ts";
import { t } from "../../i18n/t.ts";
import type { Key } from "../../i18n/t.ts";
import type { PageProps } from "../../routes.ts";
import { register } from "../../actions/registry.ts";
import { workActions } from "../../actions/work.ts";
import { announce } from "../../state/announce.ts";
import { keep, keptNumber } from "../../state/prefs.ts";
import { Work } from "../../state/work.ts";
import {
  current,
  freshReply,
  freshResults,
  panel,
  question,
  resetView,
  resultTab,
  selectedTest,
  show,
  side,
  stdin,
} from "../../state/workview.ts";
import type { Panel } from "../../state/workview.ts";
import { MissingPage } from "../shell/states.tsx";
import { Bar } from "./bar.tsx";
import { CodePanel } from "./code.tsx";
import { Dialogs } from "./dialogs.tsx";
import { ResultsPanel } from "./results.tsx";
import { StatementPanel } from "./statement.tsx";
import { Strip } from "./strip.tsx";
import { TutorPanel } from "./tutor.tsx";
import { verdictText } from "./verdict.tsx";

const PANELS: { id: Panel; label: Key; icon: IconName }[] = [
  { id: "statement", label: "work.act.statement", icon: "text" },
  { id: "code", label: "work.act.code", icon: "code" },
  { id: "results", label: "work.act.results", icon: "list" },
  { id: "tutor", label: "work.act.tutor", icon: "chat" },
];

function BottomTabs() {
  return (
    <nav class="ws-tabs" aria-label={t("work.panels")}>
      {PANELS.map((p) => {
        const fresh = (p.id === "results" && freshResults.value) || (p.id === "tutor" && freshReply.value);
        return (
          <button
            key={p.id}
            type="button"
            aria-current={panel.value === p.id ? "page" : undefined}
            onClick={() => show(p.id)}
          >
            <Icon name={p.icon} />
            {t(p.label as "work.act.code")}
            {fresh && (
              <span class="dot">
                <span class="vh">{t("work.new")}</span>
              </span>
            )}
          </button>
        );
      })}
    </nav>
  );
}

function Banner({ work }: { work: Work }) {
  const why = work.readOnly.value;
  if (why === undefined || why === "starting") return null;
  return (
    <div class="ws-banner banner" role="status">
      <Icon name="lock" />
      <span class="grow">{t(`work.read_only.${why}`)}</span>
      {why === "held" && <Button onPress={() => void work.takeOver()}>{t("work.read_only.take_over")}</Button>}
      {why === "closed" && (
        <a class="btn" href={`/sessions/${work.id}`}>
          {t("work.read_only.replay")}
        </a>
      )}
    </div>
  );
}

/** What happens when a run or a reply ends: says it, points at it, reads the session again. */
function useOutcomes(work: Work): void {
  useSignalEffect(() => {
    if (work.runs.finished.value === 0) return;
    const run = work.runs.last.peek();
    const sub = work.runs.submission.peek();
    const newest = sub ?? run;
    selectedTest.value = newest?.tests?.find((x) => !isPass(x.verdict))?.number;
    freshResults.value = panel.peek() !== "results";
    if (newest?.passed !== undefined && newest.total !== undefined)
      announce(t("work.run.done_tests", { passed: newest.passed, total: newest.total }));
    else if (newest?.verdict) announce(verdictText(newest.verdict));
    if (newest === run && run && run.kind !== "visible_tests") resultTab.value = "output";
    void work.session.reload();
    void work.trace.more();
  });
  useSignalEffect(() => {
    if (work.turns.finished.value === 0) return;
    const last = work.turns.items.peek().at(-1);
    if (last?.reply) announce(t("work.tutor.said", { text: last.reply.slice(0, 400) }));
    freshReply.value = panel.peek() !== "tutor";
    void work.session.reload();
    void work.trace.more();
  });
}

const USUAL = { st: 304, tutor: 372, res: 260 };

function Layout({ work }: { work: Work }) {
  const [size, setSize] = useState({
    st: keptNumber("size.st", USUAL.st),
    tutor: keptNumber("size.tutor", USUAL.tutor),
    res: keptNumber("size.res", USUAL.res),
  });
  const set = (k: keyof typeof USUAL, v: number): void => {
    setSize({ ...size, [k]: v });
    keep(`size.${k}`, String(v));
  };
  useOutcomes(work);
  const style = { "--w-st": `${size.st}px`, "--w-tutor": `${size.tutor}px`, "--h-res": `${size.res}px` };
  return (
    <div class="ws" data-show={panel.value} data-side={side.value} style={style}>
      <a class="skip" href="#p-code">
        {t("work.skip")}
      </a>
      <Bar work={work} />
      <Banner work={work} />
      <StatementPanel work={work} />
      <Splitter
        class="sp-st"
        label={t("work.split.statement")}
        axis="x"
        value={size.st}
        min={220}
        max={560}
        usual={USUAL.st}
        onChange={(v) => set("st", v)}
      />
      <CodePanel work={work} />
      <Splitter
        class="sp-res"
        label={t("work.split.results")}
        axis="y"
        sign={-1}
        value={size.res}
        min={120}
        max={560}
        usual={USUAL.res}
        onChange={(v) => set("res", v)}
      />
      <ResultsPanel work={work} />
      <Strip work={work} />
      <Splitter
        class="sp-tutor"
        label={t("work.split.tutor")}
        axis="x"
        sign={-1}
        value={size.tutor}
        min={280}
        max={640}
        usual={USUAL.tutor}
        onChange={(v) => set("tutor", v)}
      />
      <TutorPanel work={work} />
      <BottomTabs />
      <Dialogs work={work} />
    </div>
  );
}

export function Page({ params }: PageProps) {
  const id = params["session"] ?? "";
  const [work, setWork] = useState<Work | undefined>(undefined);
  useEffect(() => {
    resetView();
    const w = new Work(id);
    current.value = w;
    setWork(w);
    const off = register(workActions);
    void w.open().then(() => {
      question.value = w.draft?.extra.question ?? "";
      stdin.value = w.draft?.extra.stdin ?? "";
      const done = w.session.data?.counts;
      // On a phone, who has done nothing yet reads first; who comes back goes on with the code.
      if (done && done.runs + done.turns + done.submissions === 0) panel.value = "statement";
    });
    return () => {
      off();
      w.leave();
      current.value = undefined;
    };
  }, [id]);
  if (!work) return null;
  const p = work.problem.value;
  if (p && !work.start.value)
    return (
      <main class="main stack">
        {p.status === 404 || p.status === 403 ? (
          <MissingPage />
        ) : (
          <>
            <h1>{t("shell.title.work")}</h1>
            <ProblemNote problem={p} retry={() => void work.open()} />
          </>
        )}
      </main>
    );
  return (
    <main>
      <Layout work={work} />
    </main>
  );
}
