// /progress (own) and /teach/students/:id: what the sessions show, each number with its events.
import "./page.css";
import { useEffect, useMemo } from "preact/hooks";
import { Empty, ProblemNote, Skeleton, State } from "../../ui/state.tsx";
import { t } from "../../i18n/t.ts";
import { moment, num, short } from "../../i18n/format.ts";
import type { StudentReport } from "../../api/shapes.ts";
import type { PageProps } from "../../routes.ts";
import { reportOf } from "../../state/report.ts";
import { MissingPage } from "../shell/states.tsx";
import { Days, HintsByRung } from "./charts.tsx";
import { Indicators } from "./indicators.tsx";

type Row = StudentReport["exercises"][number];

function Exercises({ list, base }: { list: Row[]; base: string }) {
  if (list.length === 0) return <p class="muted">{t("progress.no_exercises")}</p>;
  return (
    <table class="tbl exs">
      <caption class="vh">{t("progress.exercises")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("progress.h.exercise")}</th>
          <th scope="col">{t("progress.h.best")}</th>
          <th scope="col" class="num">
            {t("progress.h.runs")}
          </th>
          <th scope="col" class="num">
            {t("progress.h.hints")}
          </th>
          <th scope="col" class="num">
            {t("progress.h.last")}
          </th>
        </tr>
      </thead>
      <tbody>
        {list.map((e) => {
          const best = e.best_score;
          const full = best !== undefined && e.max_score > 0 && best >= e.max_score;
          return (
            <tr key={e.session_id}>
              <th scope="row">
                <a class="name" href={`${base}/${e.session_id}`} data-evidence="">
                  {e.exercise.title}
                </a>
              </th>
              <td>
                <State tone={full ? "ok" : "muted"} icon={full ? "pass" : "ring"}>
                  {best === undefined
                    ? t("progress.not_submitted")
                    : t("progress.score", { score: short(best), max: short(e.max_score) })}
                </State>
              </td>
              <td class="num">{num(e.runs)}</td>
              <td class="num">{num(e.hints)}</td>
              <td class="num nowrap">{moment(e.active_at)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Report({ r, base }: { r: StudentReport; base: string }) {
  return (
    <div class="prog">
      <section aria-labelledby="ind">
        <div class="sec-head">
          <h2 id="ind">{t("progress.indicators")}</h2>
        </div>
        {r.indicators.length === 0 ? (
          <p class="muted">{t("progress.no_indicators")}</p>
        ) : (
          <Indicators list={r.indicators} base={base} />
        )}
        <p class="small muted prog-note">{t("progress.note")}</p>
      </section>
      <section aria-labelledby="days">
        <div class="sec-head">
          <h2 id="days">{t("progress.days")}</h2>
        </div>
        <Days days={r.days} />
      </section>
      <div class="prog-2">
        <section aria-labelledby="exs">
          <div class="sec-head">
            <h2 id="exs">{t("progress.exercises")}</h2>
          </div>
          <Exercises list={r.exercises} base={base} />
        </section>
        <section aria-labelledby="rungs">
          <div class="sec-head">
            <h2 id="rungs">{t("progress.hints")}</h2>
          </div>
          <HintsByRung list={r.hints_by_rung} />
        </section>
      </div>
    </div>
  );
}

export function Page({ params }: PageProps) {
  const id = params["id"] ?? "me";
  const own = params["id"] === undefined;
  const report = useMemo(() => reportOf(id), [id]);
  useEffect(() => {
    void report.reload();
    return () => report.leave();
  }, [report]);
  const v = report.value.value;
  if (v.problem?.status === 404 || v.problem?.status === 403) return <MissingPage />;
  const base = own ? "/sessions" : "/teach/sessions";
  return (
    <>
      <div class="page-head">
        <div>
          {!own && (
            <p class="small crumbs">
              <a href="/teach">{t("shell.nav.teach")}</a>
            </p>
          )}
          <h1>{own ? t("shell.nav.progress") : (v.data?.user.name ?? t("shell.title.student"))}</h1>
          <p>
            {v.data
              ? t(own ? "progress.own" : "progress.of_student", {
                  when: moment(v.data.as_of),
                  n: v.data.exercises.length,
                })
              : ""}
          </p>
        </div>
      </div>
      {v.problem && <ProblemNote problem={v.problem} retry={() => void report.reload()} />}
      {!v.data && !v.problem && <Skeleton lines={8} />}
      {v.data && v.data.exercises.length === 0 && (
        <Empty
          title={t("progress.empty")}
          act={
            own && (
              <a class="btn" href="/practice">
                {t("progress.practise")}
              </a>
            )
          }
        >
          {t("progress.empty_text")}
        </Empty>
      )}
      {v.data && v.data.exercises.length > 0 && <Report r={v.data} base={base} />}
    </>
  );
}
