// /sessions: own sessions, open and closed.
import "../home/page.css";
import { useEffect } from "preact/hooks";
import { Empty, ProblemNote, Skeleton, State } from "../../ui/state.tsx";
import { t } from "../../i18n/t.ts";
import { moment } from "../../i18n/format.ts";
import { isOpen, ownSessions } from "../../state/session.ts";
import { Standing } from "../shell/sessionrow.tsx";

export function Page() {
  useEffect(() => {
    void ownSessions.reload();
    return () => ownSessions.leave();
  }, []);
  const v = ownSessions.value.value;
  return (
    <>
      <div class="page-head">
        <div>
          <h1>{t("shell.nav.sessions")}</h1>
          <p>{t("home.sessions_text")}</p>
        </div>
      </div>
      {v.problem && <ProblemNote problem={v.problem} retry={() => void ownSessions.reload()} />}
      {!v.data && !v.problem && <Skeleton lines={6} />}
      {v.data?.length === 0 && (
        <Empty
          title={t("home.no_sessions")}
          act={
            <a class="btn" href="/practice">
              {t("home.choose")}
            </a>
          }
        >
          {t("home.no_sessions_text")}
        </Empty>
      )}
      {v.data && v.data.length > 0 && (
        <table class="tbl due">
          <caption class="vh">{t("shell.nav.sessions")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("home.exercise")}</th>
              <th scope="col">{t("home.tests_head")}</th>
              <th scope="col">{t("home.state")}</th>
              <th scope="col" class="num">
                {t("home.events")}
              </th>
              <th scope="col">{t("home.changed")}</th>
              <th scope="col" class="num">
                <span class="vh">{t("home.act")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {v.data.map((s) => (
              <tr key={s.id}>
                <th scope="row">
                  <a class="name" href={`/sessions/${s.id}`}>
                    {s.exercise.title}
                  </a>
                </th>
                <td>
                  <Standing s={s} />
                </td>
                <td>
                  {isOpen(s) ? (
                    <State tone="muted" icon="clock">
                      {t("home.open")}
                    </State>
                  ) : (
                    <State tone="muted" icon="lock">
                      {t("home.closed")}
                    </State>
                  )}
                </td>
                <td class="num">{t("home.n_events", { n: s.counts.events })}</td>
                <td>{moment(s.active_at)}</td>
                <td class="num nowrap">
                  {isOpen(s) && <a href={`/work/${s.id}`}>{t("home.resume")}</a>}{" "}
                  <a href={`/sessions/${s.id}`}>{t("home.replay")}</a>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
