// One turn of the dialogue: the question, the reply with its rung and source, and what one can do with it.
import { Button } from "../../ui/button.tsx";
import { Prose } from "../../ui/prose.tsx";
import { Rung } from "../../ui/state.tsx";
import { t, tMaybe } from "../../i18n/t.ts";
import { clock } from "../../i18n/format.ts";
import type { Citation, Turn } from "../../api/shapes.ts";
import { dispatch, keyText } from "../../actions/registry.ts";
import { workActions } from "../../actions/work.ts";
import type { Streaming } from "../../state/turn.ts";
import type { Work } from "../../state/work.ts";
import { focusPanel, workDialog } from "../../state/workview.ts";

export const rungName = (n: number): string => tMaybe(`work.rung.${n}`) ?? String(n);

function Citations({ list, work }: { list: Citation[]; work: Work | undefined }) {
  if (list.length === 0) return null;
  return (
    <ul class="cites small">
      {list.map((c, i) => (
        <li key={i}>
          {work ? (
            <button
              type="button"
              class="linkish"
              onClick={() => {
                focusPanel("code");
                work.editor?.goTo(c.line, c.path);
              }}
            >
              {c.line === c.line_end
                ? t("work.line", { line: c.line })
                : t("work.lines", { from: c.line, to: c.line_end })}
            </button>
          ) : (
            <span class="muted">{t("work.line", { line: c.line })}</span>
          )}{" "}
          <span class="muted">{c.path}</span>
        </li>
      ))}
    </ul>
  );
}

const RATINGS = ["yes", "partly", "no"] as const;

function Foot({ turn, work }: { turn: Turn; work: Work }) {
  return (
    <div class="turn-foot small">
      {turn.useful ? (
        <span class="muted">{t(`work.turn.rated_${turn.useful}`)}</span>
      ) : (
        <>
          <span class="muted">{t("work.turn.useful")}</span>
          {RATINGS.map((r) => (
            <button key={r} type="button" class="linkish" onClick={() => void work.turns.rate(turn.id, r)}>
              {t(`work.turn.${r}`)}
            </button>
          ))}
        </>
      )}
      <span class="end" />
      <button type="button" class="linkish" onClick={() => (workDialog.value = { kind: "why", turn: turn.id })}>
        {t("work.turn.why")}
      </button>
      <button type="button" class="linkish" onClick={() => (workDialog.value = { kind: "critique", turn: turn.id })}>
        {t("work.turn.wrong")}
      </button>
    </div>
  );
}

const source = (turn: Turn): string => (turn.source ? t(`work.source.${turn.source}`) : "");

export function Reply({ turn, work, now }: { turn: Turn; work: Work | undefined; now: boolean }) {
  if (turn.state === "cancelled" && !turn.reply) return <p class="muted small">{t("work.turn.cancelled")}</p>;
  if (turn.state === "failed") return <p class="muted small">{t("work.turn.failed")}</p>;
  if (!turn.reply && !turn.reply_prose) return null;
  return (
    <article class="turn">
      <p class="who small">
        {turn.rung !== undefined && <Rung n={turn.rung} look={now ? "now" : "used"} />}
        <strong>{t("work.act.tutor")}</strong>
        {turn.rung !== undefined && (
          <span class="muted">
            <span class="vh">{t("work.rung.level", { n: turn.rung })} </span>
            {rungName(turn.rung)}
          </span>
        )}
        <span class="muted end">{source(turn)}</span>
      </p>
      <div onCopy={() => void work?.capture?.copied("tutor", String(getSelection() ?? ""))}>
        {turn.reply_prose ? (
          <Prose nodes={turn.reply_prose} lang={turn.lang} class="reply" />
        ) : (
          <p class="pre">{turn.reply}</p>
        )}
      </div>
      {turn.degraded && <p class="small muted">{t("work.turn.degraded")}</p>}
      <Citations list={turn.citations} work={work} />
      {work && <Foot turn={turn} work={work} />}
    </article>
  );
}

export function Question({ turn, name }: { turn: Turn; name: string }) {
  return (
    <article class="turn me">
      <p class="who small">
        <strong>{name}</strong>
        <span class="muted tab-num">
          {clock(turn.created_at)}
          {turn.kind === "hint" ? ` · ${t("work.turn.hint")}` : ""}
        </span>
      </p>
      <p class="pre">{turn.text}</p>
    </article>
  );
}

/** The reply while it is written. Read out by the page in whole sentences, not from here. */
export function Writing({ s }: { s: Streaming }) {
  const stop = workActions.find((a) => a.id === "work.stop");
  return (
    <article class="turn" aria-busy="true">
      <p class="who small">
        <strong>{t("work.act.tutor")}</strong>
        <span class="muted">
          {s.text ? t("work.stage.writing") : (tMaybe(`work.stage.${s.stage}`) ?? t("work.stage.other"))}
        </span>
      </p>
      {s.text && <p class="pre streaming">{s.text}</p>}
      {s.notices.map((n) => (
        <p key={n} class="small muted">
          {tMaybe(`work.notice.${n}`) ?? t("work.notice.other")}
        </p>
      ))}
      <div>
        {stop && (
          <Button icon="stop" keys={keyText("Mod-.")} onPress={() => void dispatch(stop)}>
            {t("work.act.stop")}
          </Button>
        )}
      </div>
    </article>
  );
}
