// Statement and plan.
import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../../ui/button.tsx";
import { TextArea } from "../../ui/field.tsx";
import { Prose } from "../../ui/prose.tsx";
import { Empty, ProblemNote, Skeleton } from "../../ui/state.tsx";
import { TabPanel, Tabs } from "../../ui/tabs.tsx";
import { t } from "../../i18n/t.ts";
import { LIMITS } from "../../api/shapes.ts";
import type { Session } from "../../api/shapes.ts";
import type { Problem } from "../../api/problem.ts";
import { announce } from "../../state/announce.ts";
import type { Work } from "../../state/work.ts";
import { leftTab, side } from "../../state/workview.ts";

/** The rules of the session as sentences. */
export function ruleSentences(s: Session): string[] {
  const p = s.policy;
  return [
    p.tutor ? t("work.rules.max_rung", { rung: p.max_rung }) : t("work.rules.no_tutor"),
    ...(p.tutor ? [t("work.rules.turns", { n: p.turns_per_hour })] : []),
    t(`work.rules.hidden_${p.hidden_shown}`),
    t(`work.rules.plan_${p.plan}`),
    t(`work.rules.reflection_${p.reflection}`),
  ];
}

function Statement({ work }: { work: Work }) {
  const box = useRef<HTMLDivElement>(null);
  const r = work.exercise.value;
  const v = r?.value.value;
  const s = work.session.data;
  useEffect(() => {
    const el = box.current;
    if (!el) return;
    const seen = new IntersectionObserver((e) => work.capture?.statementShown(e.some((x) => x.isIntersecting)));
    seen.observe(el);
    return () => {
      seen.disconnect();
      work.capture?.statementShown(false);
    };
  }, [work.leaseReady.value]);
  return (
    <div ref={box} onCopy={() => void work.capture?.copied("statement", String(getSelection() ?? ""))}>
      {!v?.data && v?.problem && <ProblemNote problem={v.problem} retry={() => void r?.reload()} />}
      {!v?.data && !v?.problem && <Skeleton lines={6} />}
      {v?.data && (
        <>
          <h2 class="st-title">{v.data.title}</h2>
          <Prose nodes={v.data.statement} lang={v.data.lang} />
          {s && (
            <div class="prose">
              <h3>{t("work.rules.title")}</h3>
              <ul>
                {ruleSentences(s).map((x) => (
                  <li key={x}>{x}</li>
                ))}
              </ul>
            </div>
          )}
        </>
      )}
    </div>
  );
}

function PlanForm({ work, plan, done }: { work: Work; plan: Session["plan"]; done: () => void }) {
  const [text, setText] = useState(plan?.text ?? "");
  const [steps, setSteps] = useState((plan?.steps ?? []).join("\n"));
  const [reason, setReason] = useState("");
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const save = async (): Promise<void> => {
    const list = steps
      .split("\n")
      .map((x) => x.trim().slice(0, LIMITS.thought_step))
      .filter(Boolean)
      .slice(0, LIMITS.thought_steps);
    const words = text.trim() || list.join("; ");
    if (!words) return;
    setBusy(true);
    const body = { text: words.slice(0, LIMITS.thought_text), ...(list.length ? { steps: list } : {}) };
    const p = plan
      ? await work.think({ type: "plan_revised", ...body, ...(reason.trim() ? { reason: reason.trim() } : {}) })
      : await work.think({ type: "plan_stated", ...body });
    setBusy(false);
    setProblem(p);
    if (p) return;
    announce(t("work.plan.saved"));
    done();
  };
  return (
    <form
      class="stack plan"
      onSubmit={(e) => {
        e.preventDefault();
        void save();
      }}
    >
      <TextArea label={t("work.plan.text")} value={text} onInput={setText} max={LIMITS.thought_text} rows={3} />
      <TextArea
        label={t("work.plan.steps")}
        help={t("work.plan.steps_help")}
        value={steps}
        onInput={setSteps}
        rows={4}
      />
      {plan && (
        <TextArea label={t("work.plan.reason")} value={reason} onInput={setReason} rows={2} max={LIMITS.thought_text} />
      )}
      {problem && <ProblemNote problem={problem} />}
      <div class="row wrap">
        <Button type="submit" busy={busy} off={text.trim() || steps.trim() ? undefined : t("work.plan.empty")}>
          {t("work.plan.save")}
        </Button>
        {plan && (
          <Button kind="quiet" onPress={done}>
            {t("shell.cancel")}
          </Button>
        )}
      </div>
    </form>
  );
}

function Plan({ work }: { work: Work }) {
  const s = work.session.data;
  const [editing, setEditing] = useState(false);
  if (!s) return <Skeleton />;
  if (s.policy.plan === "off") return <Empty title={t("work.plan.off")} />;
  const closed = work.readOnly.value !== undefined;
  if (editing || (!s.plan && !closed))
    return (
      <>
        {!s.plan && <p class="muted">{t(s.policy.plan === "required" ? "work.plan.required" : "work.plan.intro")}</p>}
        <PlanForm work={work} plan={s.plan} done={() => setEditing(false)} />
      </>
    );
  if (!s.plan) return <Empty title={t("work.plan.none")} />;
  return (
    <div class="stack plan">
      <p class="pre">{s.plan.text}</p>
      {s.plan.steps.length > 0 && (
        <ol class="steps">
          {s.plan.steps.map((x, i) => (
            <li key={i}>{x}</li>
          ))}
        </ol>
      )}
      {!closed && (
        <div>
          <Button onPress={() => setEditing(true)}>{t("work.plan.revise")}</Button>
        </div>
      )}
    </div>
  );
}

export function StatementPanel({ work }: { work: Work }) {
  const count = work.session.data?.plan?.steps.length;
  return (
    <section class="panel p-statement" id="p-statement" data-panel="statement" aria-label={t("work.act.statement")}>
      <div class="panel-head">
        <Tabs
          name="left"
          label={t("work.act.statement")}
          value={leftTab.value}
          onChange={(x) => (leftTab.value = x)}
          items={[
            { id: "statement", label: t("work.act.statement") },
            { id: "plan", label: t("work.act.plan"), count: count || undefined },
          ]}
        />
        <Button kind="quiet" class="only-m end" onPress={() => (side.value = "tutor")}>
          {t("work.act.tutor")}
        </Button>
      </div>
      <TabPanel name="left" value={leftTab.value} class="panel-body">
        {leftTab.value === "statement" ? <Statement work={work} /> : <Plan work={work} />}
      </TabPanel>
    </section>
  );
}
