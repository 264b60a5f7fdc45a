// The tutor beside the code: ladder of rungs, dialogue, composer. Silent until asked.
import { useEffect, useRef } from "preact/hooks";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { ProblemNote, Rung } from "../../ui/state.tsx";
import { problemText } from "../../i18n/problem.ts";
import { t } from "../../i18n/t.ts";
import { clock } from "../../i18n/format.ts";
import { LIMITS } from "../../api/shapes.ts";
import type { Turn } from "../../api/shapes.ts";
import { dispatch, reasonAgainst } from "../../actions/registry.ts";
import { ask, askAction, hint } from "../../actions/work.ts";
import { announce } from "../../state/announce.ts";
import type { Work } from "../../state/work.ts";
import { question, side } from "../../state/workview.ts";
import { Question, Reply, Writing, rungName } from "./turn.tsx";

const RUNGS = [0, 1, 2, 3, 4];

interface Step {
  n: number;
  look: "used" | "now" | "off" | "plain";
  side: string;
}

export function ladder(turns: Turn[], max: number): Step[] {
  const used = new Map<number, Turn>();
  for (const x of turns) if (x.rung !== undefined && !used.has(x.rung)) used.set(x.rung, x);
  const now = turns.findLast((x) => x.rung !== undefined)?.rung;
  const next = now === undefined ? undefined : now + 1;
  return RUNGS.map((n): Step => {
    const at = used.get(n);
    const time = at ? clock(at.done_at ?? at.created_at) : "";
    if (n > max) return { n, look: "off", side: t("work.ladder.not_here") };
    if (n === now) return { n, look: "now", side: t("work.ladder.now", { time }) };
    if (at) return { n, look: "used", side: t("work.ladder.used", { time }) };
    return { n, look: "plain", side: n === next ? t("work.ladder.next") : "" };
  });
}

function Ladder({ work }: { work: Work }) {
  const max = work.session.data?.policy.max_rung ?? 3;
  const items = work.turns.items.value;
  const steps = ladder(items, max);
  const next = steps.find((s) => s.side === t("work.ladder.next"));
  const details = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    if (details.current) details.current.open = matchMedia("(min-width: 640px) and (min-height: 700px)").matches;
  }, []);
  return (
    <details class="ladder" ref={details}>
      <summary>
        <span>{t("work.ladder.title")}</span>
        <span class="small muted">{t("work.ladder.max", { n: max })}</span>
        <Icon name="down" />
      </summary>
      <ol>
        {steps.map((s) => (
          <li key={s.n} class={s.look} aria-current={s.look === "now" ? "step" : undefined}>
            <Rung n={s.n} look={s.look} />
            <span class="grow">
              <span class="vh">{t("work.rung.level", { n: s.n })} </span>
              {rungName(s.n)}
            </span>
            <span class="small muted">{s.side}</span>
          </li>
        ))}
      </ol>
      {next && <p class="small muted next-rung">{t("work.ladder.how", { n: next.n })}</p>}
    </details>
  );
}

/** Whole sentences, at most one announcement in 3 s. */
function useReadOut(text: string): void {
  const said = useRef({ upTo: 0, at: 0 });
  useEffect(() => {
    if (text === "") said.current = { upTo: 0, at: said.current.at };
    const end = Math.max(text.lastIndexOf(". "), text.lastIndexOf("? "), text.lastIndexOf("\n"));
    const now = Date.now();
    if (end <= said.current.upTo || now - said.current.at < 3000) return;
    announce(text.slice(said.current.upTo, end + 1));
    said.current = { upTo: end + 1, at: now };
  }, [text]);
}

function Log({ work }: { work: Work }) {
  const items = work.turns.items.value;
  const s = work.turns.streaming.value;
  const name = work.session.data?.user.name.split(" ")[0] ?? "";
  const lastRung = items.findLast((x) => x.rung !== undefined)?.id;
  useReadOut(s?.text ?? "");
  const problem = work.turns.problem.value;
  return (
    <div class="log" role="log" aria-label={t("work.tutor.log")} tabIndex={0}>
      <div class="log-in">
        {items.length === 0 && !s && work.turns.loaded.value && <p class="muted">{t("work.tutor.empty")}</p>}
        {items.map((x) => (
          <div key={x.id} class="pair">
            <Question turn={x} name={name} />
            {s?.turn === x.id ? <Writing s={s} /> : <Reply turn={x} work={work} now={x.id === lastRung} />}
          </div>
        ))}
        {problem &&
          (problem.code === "turn.busy" || problem.code === "limit.rate" ? (
            <p class="small warn" role="alert">
              {problemText(problem)}
            </p>
          ) : (
            <ProblemNote problem={problem} />
          ))}
      </div>
    </div>
  );
}

function Composer({ work }: { work: Work }) {
  const off = reasonAgainst(askAction);
  const last = work.turns.lastRung.value;
  const run = work.runs.last.value;
  const text = question.value;
  return (
    <form
      class="composer"
      onSubmit={(e) => {
        e.preventDefault();
        void dispatch(askAction);
      }}
    >
      <label class="small muted" for="question">
        {run?.done_at ? t("work.ask.with_run", { time: clock(run.done_at) }) : t("work.ask.with_code")}
      </label>
      <textarea
        id="question"
        class="input area"
        rows={1}
        maxLength={LIMITS.turn_text}
        placeholder={t("work.ask.placeholder")}
        value={text}
        onInput={(e) => {
          question.value = e.currentTarget.value;
          if (work.draft) {
            work.draft.extra.question = question.peek();
            void work.draft.saveLocal();
          }
        }}
        onKeyDown={(e) => {
          if (e.key !== "Enter" || e.shiftKey || e.isComposing || e.ctrlKey || e.metaKey) return;
          e.preventDefault();
          void dispatch(askAction);
        }}
      />
      {text.length > LIMITS.turn_text - 500 && (
        <p class="small muted tab-num">{t("work.ask.left", { n: LIMITS.turn_text - text.length })}</p>
      )}
      <div class="row wrap">
        {last !== undefined && last > 0 && (
          <Button kind="quiet" class="less" off={off} onPress={() => void ask("hint", last - 1)}>
            {t("work.ask.less")}
          </Button>
        )}
        <span class="grow" />
        <Button off={off} onPress={() => void dispatch(hint)}>
          {t("work.act.hint")}
        </Button>
        <Button type="submit" off={off}>
          {t("work.act.ask")}
        </Button>
      </div>
      {off && <p class="small muted">{off}</p>}
    </form>
  );
}

export function TutorPanel({ work }: { work: Work }) {
  const n = work.turns.items.value.length;
  const on = work.session.data?.policy.tutor !== false;
  return (
    <section class="panel p-tutor" id="p-tutor" data-panel="tutor" aria-label={t("work.act.tutor")}>
      <div class="panel-head">
        <h2>{t("work.act.tutor")}</h2>
        <span class="small muted">{t("work.tutor.fallible")}</span>
        <span class="end small muted tab-num no-m">{n > 0 ? t("work.tutor.count", { n }) : ""}</span>
        <Button kind="quiet" class="only-m end" onPress={() => (side.value = "statement")}>
          {t("work.act.statement")}
        </Button>
      </div>
      {on ? (
        <>
          <Ladder work={work} />
          <Log work={work} />
          <Composer work={work} />
        </>
      ) : (
        <div class="panel-body">
          <p class="muted">{t("work.why.tutor_off")}</p>
        </div>
      )}
    </section>
  );
}
