// How far a session is: tests of the last run, or submitted and accepted.
import { State } from "../../ui/state.tsx";
import { t } from "../../i18n/t.ts";
import type { Session } from "../../api/shapes.ts";

export function Standing({ s }: { s: Session }) {
  if (s.best_score !== undefined && s.best_score >= s.max_score)
    return (
      <State tone="ok" icon="pass">
        {t("home.accepted")}
      </State>
    );
  if (s.last.passed !== undefined && s.last.total !== undefined) {
    const all = s.last.passed === s.last.total;
    return (
      <>
        <State tone={all ? "ok" : "bad"} icon={all ? "pass" : "fail"}>
          {t("home.tests", { passed: s.last.passed, total: s.last.total })}
        </State>
        {all && s.counts.submissions === 0 && <span class="muted"> · {t("home.to_submit")}</span>}
      </>
    );
  }
  return (
    <State tone="muted" icon="ring">
      {t("home.no_run")}
    </State>
  );
}
