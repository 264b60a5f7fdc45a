// The live table: name and exercise, state in words, why, tests, last rung, last sign of life.
import { Rung, State } from "../../ui/state.tsx";
import type { Tone } from "../../ui/state.tsx";
import type { IconName } from "../../ui/icon.tsx";
import { t } from "../../i18n/t.ts";
import { ago, num } from "../../i18n/format.ts";
import type { Live } from "../../api/shapes.ts";
import { whyText } from "./why.ts";

const LOOKS: Record<Live["state"], { tone: Tone; icon: IconName }> = {
  waiting: { tone: "info", icon: "question" },
  stuck: { tone: "warn", icon: "stuck" },
  working: { tone: "muted", icon: "play" },
  idle: { tone: "muted", icon: "clock" },
  finished: { tone: "ok", icon: "pass" },
  offline: { tone: "muted", icon: "cloudOff" },
  not_started: { tone: "muted", icon: "ring" },
};

export const STATES = ["waiting", "stuck", "working", "idle", "finished", "offline", "not_started"] as const;
export const lookOfState = (s: Live["state"]): { tone: Tone; icon: IconName } => LOOKS[s] ?? LOOKS.working;

export function LiveStateView({ r }: { r: Live }) {
  const look = lookOfState(r.state);
  return (
    <State tone={look.tone} icon={look.icon}>
      {t(`teach.state.${r.state}`)}
    </State>
  );
}

function Sub({ r }: { r: Live }) {
  const since = r.since ? ago(r.since) : "";
  return (
    <span class="sub tab-num">
      {since}
      {r.state === "stuck" && r.confidence !== undefined && (
        <span title={t("teach.confidence")}> · {num(r.confidence, 2)}</span>
      )}
    </span>
  );
}

export interface TableProps {
  rows: Live[];
  selected: string | undefined;
  pick: (id: string) => void;
  hold: (on: boolean) => void;
}

export function LiveTable({ rows, selected, pick, hold }: TableProps) {
  return (
    <table
      class="tbl livet"
      onPointerEnter={() => hold(true)}
      onPointerLeave={() => hold(false)}
      onFocusIn={() => hold(true)}
      onFocusOut={() => hold(false)}
    >
      <caption class="vh">{t("teach.caption")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("teach.h.student")}</th>
          <th scope="col">{t("teach.h.state")}</th>
          <th scope="col">{t("teach.h.why")}</th>
          <th scope="col" class="num">
            {t("teach.h.tests")}
          </th>
          <th scope="col" class="num">
            {t("teach.h.rung")}
          </th>
          <th scope="col" class="num">
            {t("teach.h.active")}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((r) => (
          <tr key={r.user.id} aria-selected={r.user.id === selected} onClick={() => pick(r.user.id)}>
            <th scope="row">
              <button type="button" class="name" onClick={() => pick(r.user.id)}>
                {r.user.name}
              </button>
              <span class="sub">{r.exercise?.title ?? t("teach.no_exercise")}</span>
            </th>
            <td class="l-st nowrap">
              <LiveStateView r={r} />
              <Sub r={r} />
            </td>
            <td class="l-why">{whyText(r)}</td>
            <td class="num l-te nowrap">
              {r.passed === undefined || r.total === undefined ? "–" : `${num(r.passed)} / ${num(r.total)}`}
            </td>
            <td class="num l-h">
              {r.rung === undefined ? (
                "–"
              ) : (
                <>
                  <Rung n={r.rung} look="plain" />
                  <span class="vh">{r.rung}</span>
                </>
              )}
            </td>
            <td class="num l-co nowrap">{r.active_at ? ago(r.active_at) : "–"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
