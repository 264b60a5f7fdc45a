// What runs now, its place in the queue, and how to stop it.
import { Button } from "../../ui/button.tsx";
import { State } from "../../ui/state.tsx";
import { t } from "../../i18n/t.ts";
import { dispatch, keyText } from "../../actions/registry.ts";
import { workActions } from "../../actions/work.ts";
import type { Running } from "../../state/run.ts";

export function Waiting({ running, total }: { running: Running; total: number }) {
  const stop = workActions.find((a) => a.id === "work.stop");
  const queued = running.position !== undefined && running.position > 0;
  return (
    <div class="waiting row wrap" role="status">
      <State tone="muted" icon="clock">
        {queued
          ? t("work.run.queued", { position: running.position ?? 1 })
          : t(running.what === "run" ? "work.run.running" : "work.submit.running")}
      </State>
      {total > 0 && running.verdicts.size > 0 && (
        <span class="muted tab-num">{t("work.run.progress", { done: running.verdicts.size, total })}</span>
      )}
      {running.what === "run" && stop && (
        <Button onPress={() => void dispatch(stop)} icon="stop" keys={keyText("Mod-.")}>
          {t("work.act.stop")}
        </Button>
      )}
    </div>
  );
}
