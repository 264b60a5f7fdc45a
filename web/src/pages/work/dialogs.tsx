// Dialogs of the workspace: submit, finish, reflect, stuck, rules, recorded, conflict.
import { useState } from "preact/hooks";
import { Button } from "../../ui/button.tsx";
import { CodeView } from "../../ui/code.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { TextArea } from "../../ui/field.tsx";
import { ProblemNote } from "../../ui/state.tsx";
import { t } from "../../i18n/t.ts";
import { clock, duration, moment } from "../../i18n/format.ts";
import { LIMITS } from "../../api/shapes.ts";
import type { Problem } from "../../api/problem.ts";
import { finish, submitNow } from "../../actions/work.ts";
import { announce } from "../../state/announce.ts";
import type { Work } from "../../state/work.ts";
import { workDialog } from "../../state/workview.ts";
import { RecordedList } from "../shell/recorded.tsx";
import { CritiqueDialog, WhyDialog } from "./feedback.tsx";
import { ruleSentences } from "./statement.tsx";
import { EventsDialog } from "./strip.tsx";

const close = (): void => void (workDialog.value = undefined);

function SubmitDialog({ work }: { work: Work }) {
  const s = work.session.data;
  const run = work.runs.last.value;
  const hidden = work.data()?.tests.filter((x) => x.visibility !== "visible").length ?? 0;
  const stale = work.edits.value !== work.ranAt.value && work.ranAt.value >= 0;
  const go = (): void => {
    close();
    void submitNow();
  };
  return (
    <Dialog
      title={t("work.submit.title")}
      onClose={close}
      foot={
        <>
          <Button onPress={close}>{t("work.submit.not_yet")}</Button>
          <Button kind="primary" onPress={go} first>
            {t("work.act.submit")}
          </Button>
        </>
      }
    >
      <ul class="facts">
        <li>{t("work.submit.next", { n: (s?.counts.submissions ?? 0) + 1 })}</li>
        <li>
          {run?.passed !== undefined && run.total !== undefined
            ? t("work.submit.last", {
                passed: run.passed,
                total: run.total,
                time: clock(run.done_at ?? run.created_at),
              })
            : t("work.submit.no_run")}
        </li>
        {stale && <li>{t("work.submit.stale")}</li>}
        {hidden > 0 && <li>{t("work.submit.hidden", { n: hidden })}</li>}
        <li>{t("work.submit.kept")}</li>
      </ul>
    </Dialog>
  );
}

const QUESTIONS = ["first", "changed", "next"] as const;

function Reflect({ work, done }: { work: Work; done: () => void }) {
  const [answers, setAnswers] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const given = QUESTIONS.map((q) => (answers[q] ?? "").trim());
  const save = async (): Promise<void> => {
    setBusy(true);
    const p = await work.think({ type: "reflection_written", answers: given.filter(Boolean) });
    setBusy(false);
    setProblem(p);
    if (p) return;
    announce(t("work.reflect.saved"));
    done();
  };
  return (
    <form
      class="stack"
      onSubmit={(e) => {
        e.preventDefault();
        void save();
      }}
    >
      {QUESTIONS.map((q) => (
        <TextArea
          key={q}
          label={t(`work.reflect.${q}`)}
          value={answers[q] ?? ""}
          onInput={(v) => setAnswers({ ...answers, [q]: v })}
          max={LIMITS.reflection_answer}
          rows={2}
        />
      ))}
      {problem && <ProblemNote problem={problem} />}
      <div class="row wrap">
        <Button
          type="submit"
          kind="primary"
          busy={busy}
          off={given.some(Boolean) ? undefined : t("work.reflect.empty")}
        >
          {t("work.reflect.save")}
        </Button>
        <Button kind="quiet" onPress={done}>
          {t("work.reflect.later")}
        </Button>
      </div>
    </form>
  );
}

function FinishDialog({ work }: { work: Work }) {
  const s = work.session.data;
  const [asked, setAsked] = useState(false);
  if (!s) return null;
  const must = s.policy.reflection === "required" && !s.reflected;
  const time = duration(Date.now() - Date.parse(s.opened_at));
  return (
    <Dialog
      title={t("work.act.finish")}
      onClose={close}
      foot={
        <>
          <a class="btn" href="/home">
            {t("work.finish.leave")}
          </a>
          <Button kind="primary" off={must ? t("work.finish.reflect_first") : undefined} onPress={() => void finish()}>
            {t("work.finish.close")}
          </Button>
        </>
      }
    >
      <ul class="facts">
        <li>{t("work.finish.time", { time })}</li>
        <li>
          {t("work.finish.counts", { runs: s.counts.runs, turns: s.counts.turns, submissions: s.counts.submissions })}
        </li>
        <li>{t("work.finish.closed_means")}</li>
        <li>{t("work.finish.leave_means")}</li>
      </ul>
      {!s.reflected && s.policy.reflection !== "off" && !asked && (
        <>
          <h3>{t("work.reflect.title")}</h3>
          <Reflect work={work} done={() => setAsked(true)} />
        </>
      )}
    </Dialog>
  );
}

function StuckDialog({ work }: { work: Work }) {
  const [about, setAbout] = useState("");
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const send = async (): Promise<void> => {
    const text = about.trim();
    const p = await work.think({ type: "stuck_declared", ...(text ? { about: text } : {}) });
    setProblem(p);
    if (p) return;
    announce(t("work.stuck.sent"));
    close();
  };
  return (
    <Dialog
      title={t("work.act.stuck")}
      onClose={close}
      foot={
        <Button kind="primary" onPress={() => void send()}>
          {t("work.stuck.send")}
        </Button>
      }
    >
      <p class="muted">{t("work.stuck.text")}</p>
      <TextArea label={t("work.stuck.about")} value={about} onInput={setAbout} max={LIMITS.stuck_about} rows={2} />
      {problem && <ProblemNote problem={problem} />}
    </Dialog>
  );
}

function ConflictDialog({ work }: { work: Work }) {
  const c = work.draft?.conflict.value;
  if (!c) return null;
  const keep = (files: { path: string; text: string }[]): void => {
    work.editor?.replaceAll(files);
    work.draft?.settle();
  };
  const first = (files: { path: string; text: string }[]): string => files[0]?.text ?? "";
  return (
    <Dialog title={t("work.conflict.title")} onClose={() => keep(c.mine)} size="wide">
      <p>{t("work.conflict.text")}</p>
      <div class="two">
        <section class="stack tight">
          <h3>{t("work.conflict.mine", { time: moment(c.mineAt) })}</h3>
          <CodeView text={first(c.mine)} label={t("work.conflict.mine", { time: moment(c.mineAt) })} />
          <Button onPress={() => keep(c.mine)}>{t("work.conflict.keep_mine")}</Button>
        </section>
        <section class="stack tight">
          <h3>{t("work.conflict.theirs", { time: moment(c.theirsAt) })}</h3>
          <CodeView text={first(c.theirs)} label={t("work.conflict.theirs", { time: moment(c.theirsAt) })} />
          <Button onPress={() => keep(c.theirs)}>{t("work.conflict.keep_theirs")}</Button>
        </section>
      </div>
    </Dialog>
  );
}

export function Dialogs({ work }: { work: Work }) {
  const d = workDialog.value;
  const s = work.session.data;
  if (work.draft?.conflict.value) return <ConflictDialog work={work} />;
  switch (d?.kind) {
    case "submit":
      return <SubmitDialog work={work} />;
    case "finish":
      return <FinishDialog work={work} />;
    case "stuck":
      return <StuckDialog work={work} />;
    case "events":
      return <EventsDialog work={work} close={close} />;
    case "critique":
      return <CritiqueDialog work={work} turn={d.turn} close={close} />;
    case "why":
      return <WhyDialog work={work} turn={d.turn} close={close} />;
    case "reflect":
      return (
        <Dialog title={t("work.reflect.title")} onClose={close}>
          <Reflect work={work} done={close} />
        </Dialog>
      );
    case "rules":
      return (
        <Dialog title={t("work.rules.title")} onClose={close}>
          <ul class="facts">{s && ruleSentences(s).map((x) => <li key={x}>{x}</li>)}</ul>
        </Dialog>
      );
    case "recorded":
      return (
        <Dialog title={t("work.act.recorded")} onClose={close} size="wide">
          <RecordedList />
          <p>
            <a href={`/sessions/${work.id}`} target="_blank" rel="noopener">
              {t("work.recorded.own")}
            </a>
          </p>
        </Dialog>
      );
    default:
      return null;
  }
}
