// What a program printed, and the input it is given.
import { Button } from "../../ui/button.tsx";
import { TextArea } from "../../ui/field.tsx";
import { Empty } from "../../ui/state.tsx";
import { t } from "../../i18n/t.ts";
import { clock } from "../../i18n/format.ts";
import { LIMITS } from "../../api/shapes.ts";
import type { Run } from "../../api/shapes.ts";
import { dispatch, reasonAgainst } from "../../actions/registry.ts";
import { runInput } from "../../actions/work.ts";
import type { Work } from "../../state/work.ts";
import { resultTab, stdin } from "../../state/workview.ts";
import { Verdict } from "./verdict.tsx";
import { Waiting } from "./waiting.tsx";

export function Output({ work }: { work: Work }) {
  const running = work.runs.running.value;
  const run = work.runs.last.value;
  const out = running?.kind === "input" || running?.kind === "free" ? running : undefined;
  if (!out && run?.stdout === undefined && run?.stderr === undefined)
    return (
      <div class="panel-body">
        <Empty
          title={t("work.output.none")}
          act={<Button onPress={() => (resultTab.value = "input")}>{t("work.tab.input")}</Button>}
        >
          {t("work.output.none_text")}
        </Empty>
      </div>
    );
  const stdout = out ? out.stdout : (run?.stdout ?? "");
  const stderr = out ? out.stderr : (run?.stderr ?? "");
  return (
    <div
      class="panel-body stack tight"
      onCopy={() => void work.capture?.copied("output", String(getSelection() ?? ""))}
    >
      {out ? <Waiting running={out} total={0} wall={work.data()?.limits.wall_ms} /> : <RunFacts run={run} />}
      {stdout !== "" && (
        <pre class="out" tabIndex={0} aria-label={t("work.output.stdout")}>
          {stdout}
        </pre>
      )}
      {!out && stdout === "" && stderr === "" && <p class="muted">{t("work.output.empty")}</p>}
      {stderr !== "" && (
        <pre class="out bad" tabIndex={0} aria-label={t("work.output.stderr")}>
          {stderr}
        </pre>
      )}
    </div>
  );
}

function RunFacts({ run }: { run: Run | undefined }) {
  if (!run) return null;
  return (
    <p class="row wrap small">
      {run.verdict && <Verdict verdict={run.verdict} />}
      {run.exit_code !== undefined && <span class="muted">{t("work.output.exit", { code: run.exit_code })}</span>}
      {run.cpu_ms !== undefined && <span class="muted tab-num">{t("work.output.cpu", { ms: run.cpu_ms })}</span>}
      {run.done_at && <span class="muted tab-num">{clock(run.done_at)}</span>}
    </p>
  );
}

export function Input({ work }: { work: Work }) {
  return (
    <div class="panel-body stack tight">
      <TextArea
        label={t("work.input.label")}
        help={t("work.input.help")}
        code
        rows={4}
        max={LIMITS.stdin}
        value={stdin.value}
        onInput={(v) => {
          stdin.value = v;
          if (work.draft) {
            work.draft.extra.stdin = v;
            void work.draft.saveLocal();
          }
        }}
      />
      <div>
        <Button icon="play" off={reasonAgainst(runInput)} onPress={() => void dispatch(runInput)}>
          {t("work.act.run_input")}
        </Button>
      </div>
    </div>
  );
}
