// What runs now: since when, how far, its place in the queue, and how to stop it.
import { useEffect, useState } from "preact/hooks";
import { Button } from "../../ui/button.tsx";
import { State } from "../../ui/state.tsx";
import { lookOf } from "../../ui/verdict.ts";
import { t, tMaybe } from "../../i18n/t.ts";
import { duration } from "../../i18n/format.ts";
import type { Exercise } from "../../api/shapes.ts";
import { dispatch, keyText } from "../../actions/registry.ts";
import { workActions } from "../../actions/work.ts";
import { net } from "../../state/net.ts";
import type { Running } from "../../state/run.ts";
import type { Work } from "../../state/work.ts";
import { Name } from "./tests.tsx";
import { verdictText } from "./verdict.tsx";

const TICK_MS = 250;
const LONG_MS = 8000;

/** Milliseconds since a moment, as they pass. */
function useElapsed(since: number): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, now - since);
}

function phase(r: Running): string {
  if (!r.id) return t("work.run.sending");
  if (r.position !== undefined && r.position > 0) return t("work.run.queued", { position: r.position });
  return t(r.what === "run" ? "work.run.running" : "work.submit.running");
}

/** Without network or server it says so at once; otherwise why it takes long, once it does. */
function Why({ running, wall, long }: { running: Running; wall: number | undefined; long: boolean }) {
  const n = net.value;
  if (n === "offline" && !running.id) return <p class="small warn">{t("work.why.offline_run")}</p>;
  if (n === "offline" || n === "server") return <p class="small warn">{t("work.run.no_answer")}</p>;
  if (!long) return null;
  if (!running.id) return <p class="small muted">{t("work.run.slow_network")}</p>;
  if (wall === undefined) return null;
  return <p class="small muted">{t("work.run.long", { limit: duration(wall) })}</p>;
}

export function Waiting({ running, total, wall }: { running: Running; total: number; wall?: number | undefined }) {
  const stop = workActions.find((a) => a.id === "work.stop");
  const elapsed = useElapsed(running.since);
  const at = running.progress ?? { done: running.verdicts.size, total };
  return (
    <div class="waiting">
      <p class="row wrap">
        <span role="status">
          <State tone="muted" icon="clock">
            {phase(running)}
          </State>
        </span>
        {elapsed >= 1000 && <span class="muted tab-num">{duration(Math.floor(elapsed / 1000) * 1000)}</span>}
      </p>
      {at.total > 0 && (
        <div class="stack tight">
          <progress class="done-bar" max={at.total} value={at.done} aria-label={t("work.run.finished")} />
          <span class="small muted tab-num">{t("work.run.progress", { done: at.done, total: at.total })}</span>
        </div>
      )}
      <Why running={running} wall={wall} long={elapsed > LONG_MS} />
      {running.what === "run" && stop && (
        <div>
          <Button onPress={() => void dispatch(stop)} icon="stop" keys={keyText("Mod-.")}>
            {t("work.act.stop")}
          </Button>
        </div>
      )}
    </div>
  );
}

/** The tests by name, each with its result as it arrives: in the place where the results will be. */
export function Arriving({ running, work, tests }: { running: Running; work: Work; tests: Exercise["tests"] }) {
  const all = running.what === "submission" ? (work.data()?.tests.length ?? 0) : tests.length;
  return (
    <div class="results arriving">
      <ol class="tests" aria-label={t("work.tab.tests")}>
        {tests.map((x) => {
          const verdict = running.verdicts.get(x.number);
          const look = verdict ? lookOf(verdict) : { tone: "muted" as const, icon: "ring" as const };
          const word = verdict
            ? (tMaybe(`work.verdict_short.${verdict}`) ?? verdictText(verdict))
            : t("work.run.to_come");
          return (
            <li key={x.number} class="row-in">
              <State tone={look.tone} icon={look.icon}>
                {""}
              </State>
              <span class="t-name">
                <Name test={x} />
              </span>
              <span class={`end small ${look.tone}`}>{word}</span>
            </li>
          );
        })}
      </ol>
      <Waiting running={running} total={all} wall={work.data()?.limits.wall_ms} />
    </div>
  );
}
