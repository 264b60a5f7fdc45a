// One student beside the table: why, the code now, the last run and dialogue, and the way to the replay.
import { useEffect, useMemo } from "preact/hooks";
import { Button } from "../../ui/button.tsx";
import { CodeView } from "../../ui/code.tsx";
import { ProblemNote, Rung, Skeleton } from "../../ui/state.tsx";
import { t } from "../../i18n/t.ts";
import { clock } from "../../i18n/format.ts";
import type { Live } from "../../api/shapes.ts";
import { workspaceOf } from "../../state/session.ts";
import { Dialogue, LastRun } from "./doing.tsx";
import { LiveStateView } from "./table.tsx";
import { whyText } from "./why.ts";

function Code({ session, version }: { session: string; version: number }) {
  const ws = useMemo(() => workspaceOf(session), [session]);
  useEffect(() => void ws.reload(), [ws, version]);
  useEffect(() => () => ws.leave(), [ws]);
  const v = ws.value.value;
  const file = v.data?.files.find((f) => f.path === v.data?.open_path) ?? v.data?.files[0];
  if (!file) return v.problem ? <ProblemNote problem={v.problem} /> : <Skeleton lines={5} />;
  return (
    <>
      <p class="small muted pane-file">
        <code>{file.path}</code> {v.data && t("teach.saved_at", { time: clock(v.data.saved_at) })}
      </p>
      <CodeView text={file.text} label={file.path} lang={file.path.endsWith(".py") ? "python" : "text"} />
    </>
  );
}

export function Detail({ r, close }: { r: Live; close: () => void }) {
  return (
    <aside class="who-pane" aria-label={t("teach.detail_of", { name: r.user.name })}>
      <header>
        <div class="row">
          <h2 class="grow">{r.user.name}</h2>
          <Button kind="quiet" icon="close" label={t("shell.close")} onPress={close} />
        </div>
        <p class="muted">{r.exercise?.title ?? t("teach.no_exercise")}</p>
        <p class="row wrap">
          <LiveStateView r={r} />
          {r.since && <span class="muted tab-num">{t("teach.since", { time: clock(r.since) })}</span>}
        </p>
      </header>
      <div class="pane-scroll">
        <div class="pane-sec">
          <h3>{t("teach.why_head")}</h3>
          <ul class="facts">
            <li>{whyText(r)}</li>
            <li>{t("teach.fact_runs", { runs: r.runs, events: r.events })}</li>
            {r.passed !== undefined && r.total !== undefined && (
              <li>{t("teach.fact_tests", { passed: r.passed, total: r.total })}</li>
            )}
            {r.rung !== undefined && (
              <li>
                {t("teach.fact_rung")} <Rung n={r.rung} look="used" />
                <span class="vh">{r.rung}</span>
              </li>
            )}
          </ul>
        </div>
        {r.session_id && (
          <>
            <div class="pane-code">
              <Code session={r.session_id} version={r.events} />
            </div>
            <LastRun session={r.session_id} version={r.events} />
            <Dialogue session={r.session_id} name={r.user.name} version={r.events} />
          </>
        )}
      </div>
      <footer class="row wrap">
        {r.session_id && (
          <a class="btn primary" href={`/teach/sessions/${r.session_id}`}>
            {t("teach.open_replay")}
          </a>
        )}
        <a class="btn" href={`/teach/students/${r.user.id}`}>
          {t("teach.open_student")}
        </a>
      </footer>
    </aside>
  );
}
