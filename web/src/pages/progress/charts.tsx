// Hints by rung, and runs per day: a drawing and the same numbers as a table.
import { Rung } from "../../ui/state.tsx";
import { t, tMaybe } from "../../i18n/t.ts";
import { dayShort, num } from "../../i18n/format.ts";
import type { StudentReport } from "../../api/shapes.ts";

export function HintsByRung({ list }: { list: number[] }) {
  const total = list.reduce((a, b) => a + b, 0);
  const top = Math.max(...list, 1);
  if (total === 0) return <p class="muted">{t("progress.no_hints")}</p>;
  return (
    <table class="tbl rungs">
      <caption class="vh">{t("progress.hints")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("progress.h.rung")}</th>
          <th scope="col" class="r-bar">
            <span class="vh">{t("progress.h.bar")}</span>
          </th>
          <th scope="col" class="num">
            {t("progress.h.hints")}
          </th>
        </tr>
      </thead>
      <tbody>
        {list.map((n, i) => (
          <tr key={i}>
            <th scope="row">
              <span class="row">
                <Rung n={i} look={n > 0 ? "used" : "plain"} />
                <span class="vh">{i}</span>
                {tMaybe(`progress.rung.${i}`)}
              </span>
            </th>
            <td class="r-bar">
              <svg width="100%" height="10" aria-hidden="true">
                <rect x="0" y="1" width={`${(n / top) * 100}%`} height="8" rx="2" class="bar" />
              </svg>
            </td>
            <td class="num">{num(n)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

type Day = StudentReport["days"][number];

const W = 640;
const H = 176;
const LEFT = 32;
const BASE = H - 24;

function Bars({ days }: { days: Day[] }) {
  const top = Math.max(...days.map((d) => d.runs), 4);
  const slot = (W - LEFT) / Math.max(1, days.length);
  const width = Math.min(36, slot * 0.6);
  const y = (v: number): number => BASE - (v / top) * (BASE - 12);
  const every = Math.ceil(days.length / 8);
  const steps = [0, Math.round(top / 2), top];
  return (
    <svg class="chart" viewBox={`0 0 ${W} ${H}`} aria-hidden="true">
      {steps.map((s) => (
        <g key={s}>
          <line x1={LEFT} x2={W} y1={y(s)} y2={y(s)} class={s === 0 ? "ax" : "gr"} />
          <text x={LEFT - 8} y={y(s) + 4} text-anchor="end">
            {num(s)}
          </text>
        </g>
      ))}
      {days.map((d, i) => {
        const x = LEFT + slot * i + (slot - width) / 2;
        return (
          <g key={d.day}>
            <rect x={x} y={y(d.runs)} width={width} height={BASE - y(d.runs)} rx="2" class="bar" />
            {d.solved > 0 && <circle cx={x + width / 2} cy={y(d.runs) - 7} r="4" class="solved" />}
            {i % every === 0 && (
              <text x={x + width / 2} y={H - 6} text-anchor="middle">
                {dayShort(`${d.day}T12:00:00`)}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}

export function Days({ days }: { days: Day[] }) {
  const runs = days.reduce((s, d) => s + d.runs, 0);
  const solved = days.reduce((s, d) => s + d.solved, 0);
  if (runs === 0) return <p class="muted">{t("progress.no_runs")}</p>;
  return (
    <div class="prog-2">
      <div>
        <p class="muted">{t("progress.days_finding", { runs, days: days.filter((d) => d.runs > 0).length, solved })}</p>
        <Bars days={days} />
        <p class="small muted">{t("progress.days_key")}</p>
      </div>
      <table class="tbl">
        <caption class="vh">{t("progress.days")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("progress.h.day")}</th>
            <th scope="col" class="num">
              {t("progress.h.runs")}
            </th>
            <th scope="col" class="num">
              {t("progress.h.submissions")}
            </th>
            <th scope="col" class="num">
              {t("progress.h.solved")}
            </th>
          </tr>
        </thead>
        <tbody>
          {[...days]
            .reverse()
            .slice(0, 14)
            .map((d) => (
              <tr key={d.day}>
                <th scope="row">{dayShort(`${d.day}T12:00:00`)}</th>
                <td class="num">{num(d.runs)}</td>
                <td class="num">{num(d.submissions)}</td>
                <td class="num">{num(d.solved)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}
