// "This is wrong" and "why this hint".
import { useEffect, useState } from "preact/hooks";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Select, TextArea } from "../../ui/field.tsx";
import { ProblemNote, Skeleton } from "../../ui/state.tsx";
import { t, tMaybe } from "../../i18n/t.ts";
import { LIMITS } from "../../api/shapes.ts";
import type { Thought, TurnWhy } from "../../api/shapes.ts";
import type { Problem } from "../../api/problem.ts";
import { announce } from "../../state/announce.ts";
import type { Work } from "../../state/work.ts";
import { rungName } from "./turn.tsx";

const VERDICTS = ["wrong", "partly", "unclear", "off_topic"] as const;
const CHECKS = ["ran", "test", "source", "reasoned", "none"] as const;

export function CritiqueDialog({ work, turn, close }: { work: Work; turn: string; close: () => void }) {
  const [verdict, setVerdict] = useState<(typeof VERDICTS)[number]>("wrong");
  const [checked, setChecked] = useState<(typeof CHECKS)[number]>("ran");
  const [why, setWhy] = useState("");
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const short = why.trim().length < LIMITS.critique_why_min;
  const send = async (): Promise<void> => {
    const body: Thought = { type: "reply_criticised", turn, verdict, how_checked: checked, why: why.trim() };
    const p = await work.think(body);
    setProblem(p);
    if (p) return;
    announce(t("work.critique.sent"));
    close();
  };
  return (
    <Dialog
      title={t("work.turn.wrong")}
      onClose={close}
      foot={
        <Button
          kind="primary"
          off={short ? t("work.critique.short", { n: LIMITS.critique_why_min }) : undefined}
          onPress={() => void send()}
        >
          {t("work.critique.send")}
        </Button>
      }
    >
      <p class="muted">{t("work.critique.text")}</p>
      <Select
        label={t("work.critique.what")}
        value={verdict}
        onChange={(v) => setVerdict(v as (typeof VERDICTS)[number])}
        options={VERDICTS.map((v) => ({ value: v, label: t(`work.critique.verdict_${v}`) }))}
      />
      <Select
        label={t("work.critique.how")}
        value={checked}
        onChange={(v) => setChecked(v as (typeof CHECKS)[number])}
        options={CHECKS.map((v) => ({ value: v, label: t(`work.critique.how_${v}`) }))}
      />
      <TextArea
        label={t("work.critique.why")}
        help={t("work.critique.short", { n: LIMITS.critique_why_min })}
        value={why}
        onInput={setWhy}
        max={LIMITS.critique_why}
        rows={3}
      />
      {problem && <ProblemNote problem={problem} />}
    </Dialog>
  );
}

export function WhyDialog({ work, turn, close }: { work: Work; turn: string; close: () => void }) {
  const [why, setWhy] = useState<TurnWhy | undefined>(undefined);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    void work.turns.why(turn).then((w) => (w ? setWhy(w) : setFailed(true)));
  }, [turn]);
  return (
    <Dialog title={t("work.turn.why")} onClose={close}>
      {!why && !failed && <Skeleton lines={3} />}
      {failed && work.turns.problem.value && <ProblemNote problem={work.turns.problem.value} />}
      {why && (
        <>
          <p>
            {why.rung !== undefined && t("work.why_hint.rung", { n: why.rung, name: rungName(why.rung) })}
            {tMaybe(`work.reason.${why.reason}`) ? ` ${tMaybe(`work.reason.${why.reason}`) ?? ""}` : ""}
          </p>
          <h3>{t("work.why_hint.facts")}</h3>
          {why.facts.length === 0 && <p class="muted">{t("work.why_hint.no_facts")}</p>}
          <ul class="facts">
            {why.facts.map((f) => (
              <li key={f.id}>
                {tMaybe(`work.fact.${f.kind}`) && <span class="muted">{tMaybe(`work.fact.${f.kind}`)}: </span>}
                {f.text}
              </li>
            ))}
          </ul>
          {why.gate.length > 0 && <p class="muted">{t("work.why_hint.gate", { n: why.gate.length })}</p>}
          <p class="small muted">{t("work.why_hint.note")}</p>
        </>
      )}
    </Dialog>
  );
}
