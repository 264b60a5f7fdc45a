// /home: one next step, what is unfinished, what was done.
import "./page.css";
import "../../style/code.css";
import { useEffect, useMemo } from "preact/hooks";
import { CodeView } from "../../ui/code.tsx";
import { Button } from "../../ui/button.tsx";
import { Empty, ProblemNote, Skeleton } from "../../ui/state.tsx";
import { t } from "../../i18n/t.ts";
import { dayLong, moment } from "../../i18n/format.ts";
import type { Card, Session } from "../../api/shapes.ts";
import { exerciseCards, openExercise, opening } from "../../state/exercise.ts";
import { isOpen, ownSessions, workspaceOf } from "../../state/session.ts";
import { navigate } from "../../state/router.ts";
import { Standing } from "../shell/sessionrow.tsx";

const LINES = 8;

/** The last lines that hold code, so that the place where it was left is seen. */
export function excerpt(text: string, lines = LINES): { text: string; first: number } {
  const all = text.replace(/\s+$/, "").split("\n");
  const from = Math.max(0, all.length - lines);
  return { text: all.slice(from).join("\n"), first: from + 1 };
}

function Continue({ s }: { s: Session }) {
  const ws = useMemo(() => workspaceOf(s.id), [s.id]);
  useEffect(() => {
    ws.ensure();
    return () => ws.leave();
  }, [ws]);
  const d = ws.data;
  const file = d?.files.find((f) => f.path === d.open_path) ?? d?.files[0];
  const part = file ? excerpt(file.text) : undefined;
  return (
    <section class="next" aria-labelledby="next">
      <div class="next-text">
        <p class="small muted">{t("home.next")}</p>
        <h2 id="next">{t("home.continue_with", { title: s.exercise.title })}</h2>
        <p class="muted">{t("home.last_change", { when: moment(s.active_at) })}</p>
        <p>
          <Standing s={s} />
        </p>
        <div class="row wrap">
          <a class="btn primary big" href={`/work/${s.id}`}>
            {t("home.continue")}
          </a>
        </div>
      </div>
      <div class="next-code">
        {part && file ? (
          <CodeView
            text={part.text}
            first={part.first}
            label={t("home.where_left")}
            lang={file.path.endsWith(".py") ? "python" : "text"}
          />
        ) : (
          <Skeleton lines={5} />
        )}
      </div>
    </section>
  );
}

function Start({ card }: { card: Card }) {
  return (
    <section class="next one" aria-labelledby="next">
      <div class="next-text">
        <p class="small muted">{t("home.next")}</p>
        <h2 id="next">{t("home.start_with", { title: card.title })}</h2>
        <p class="muted">{card.summary}</p>
        <p class="small muted">{t("home.minutes", { n: card.minutes })}</p>
        <div class="row wrap">
          <Button
            kind="primary"
            size="big"
            busy={opening.value === card.id}
            onPress={() => void openExercise(card).then((to) => to && navigate(to))}
          >
            {t(opening.value === card.id ? "home.opening" : "home.start")}
          </Button>
          <a class="btn quiet big" href="/practice">
            {t("home.choose")}
          </a>
        </div>
      </div>
    </section>
  );
}

function Next({ open, cards }: { open: Session[]; cards: Card[] }) {
  const [first] = open;
  if (first) return <Continue s={first} />;
  const fresh = cards.find((c) => c.state === "new");
  if (fresh) return <Start card={fresh} />;
  return (
    <Empty
      title={t("home.nothing")}
      act={
        <a class="btn" href="/practice">
          {t("home.choose")}
        </a>
      }
    >
      {t("home.nothing_text")}
    </Empty>
  );
}

function Table({ rows, id, title, act }: { rows: Session[]; id: string; title: string; act: "resume" | "replay" }) {
  return (
    <section aria-labelledby={id}>
      <div class="sec-head">
        <h2 id={id}>{title}</h2>
        <a class="small" href="/sessions">
          {t("home.all_sessions")}
        </a>
      </div>
      <table class="tbl due">
        <caption class="vh">{title}</caption>
        <thead>
          <tr>
            <th scope="col">{t("home.exercise")}</th>
            <th scope="col">{t("home.tests_head")}</th>
            <th scope="col">{t("home.changed")}</th>
            <th scope="col" class="num">
              <span class="vh">{t("home.act")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((s) => (
            <tr key={s.id}>
              <th scope="row">
                <a class="name" href={act === "resume" ? `/work/${s.id}` : `/sessions/${s.id}`}>
                  {s.exercise.title}
                </a>
              </th>
              <td>
                <Standing s={s} />
              </td>
              <td>{moment(s.active_at)}</td>
              <td class="num">
                <a href={act === "resume" ? `/work/${s.id}` : `/sessions/${s.id}`}>
                  {t(act === "resume" ? "home.resume" : "home.replay")}
                </a>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

export function Page() {
  useEffect(() => {
    void ownSessions.reload();
    void exerciseCards.reload();
    return () => {
      ownSessions.leave();
      exerciseCards.leave();
    };
  }, []);
  const s = ownSessions.value.value;
  const open = (s.data ?? []).filter(isOpen);
  const done = (s.data ?? []).filter((x) => !isOpen(x)).slice(0, 5);
  const cards = exerciseCards.value.value;
  return (
    <>
      <div class="page-head">
        <div>
          <h1>{t("shell.nav.home")}</h1>
          <p class="cap">{dayLong(new Date())}</p>
        </div>
      </div>
      {s.problem && <ProblemNote problem={s.problem} retry={() => void ownSessions.reload()} />}
      {!s.data && !s.problem && <Skeleton lines={6} />}
      {s.data && (
        <div class="home">
          {open.length > 0 || cards.data ? (
            <Next open={open} cards={cards.data ?? []} />
          ) : cards.problem ? (
            <ProblemNote problem={cards.problem} retry={() => void exerciseCards.reload()} />
          ) : (
            <Skeleton lines={4} />
          )}
          {open.length > 1 && <Table rows={open.slice(1, 6)} id="open" title={t("home.unfinished")} act="resume" />}
          {done.length > 0 && <Table rows={done} id="done" title={t("home.recent")} act="replay" />}
        </div>
      )}
    </>
  );
}
