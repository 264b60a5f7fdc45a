// Indicators: value with interval, n, formula version, and the events behind it; or what is missing, in words.
import { Insufficient } from "../../ui/state.tsx";
import { t, tMaybe } from "../../i18n/t.ts";
import { duration, num, short } from "../../i18n/format.ts";
import type { Indicator } from "../../api/shapes.ts";

const isRatio = (i: Indicator): boolean => i.unit === "ratio" || i.unit === "share" || i.unit === "";

export function valueText(v: number, unit: string): string {
  if (unit === "s" || unit === "seconds") return duration(v * 1000);
  if (unit === "ms") return duration(v);
  if (unit === "min" || unit === "minutes") return duration(v * 60_000);
  if (unit === "count") return short(v, 1);
  return num(v, 2);
}

function Interval({ i }: { i: Indicator }) {
  if (i.state !== "ok" || i.value === undefined) return <span class="iv none" aria-hidden="true" />;
  if (!isRatio(i)) return null;
  const pct = (v: number): string => `${(Math.min(1, Math.max(0, v)) * 100).toFixed(1)}%`;
  return (
    <svg class="iv" width="100%" height="16" aria-hidden="true">
      <line x1="0" x2="100%" y1="8" y2="8" class="iv-base" />
      {[0.25, 0.5, 0.75].map((x) => (
        <line key={x} x1={pct(x)} x2={pct(x)} y1="5" y2="11" class="iv-tick" />
      ))}
      {i.low !== undefined && i.high !== undefined && (
        <line x1={pct(i.low)} x2={pct(i.high)} y1="8" y2="8" class="iv-band" />
      )}
      <circle cx={pct(i.value)} cy="8" r="5" class="iv-pt" />
    </svg>
  );
}

function Evidence({ i, base }: { i: Indicator; base: string }) {
  const most = 12;
  if (i.evidence.length === 0) return <span class="muted">–</span>;
  return (
    <details class="evid">
      <summary class="small">{t("progress.evidence", { n: i.evidence.length })}</summary>
      <ul class="small">
        {i.evidence.slice(0, most).map((e) => (
          <li key={`${e.session_id}${e.seq}`}>
            <a href={`${base}/${e.session_id}?at=${e.seq}`} data-evidence="">
              {t("progress.event", { n: e.seq })}
            </a>
          </li>
        ))}
        {i.evidence.length > most && <li class="muted">{t("progress.and_more", { n: i.evidence.length - most })}</li>}
      </ul>
    </details>
  );
}

function Reading({ i }: { i: Indicator }) {
  if (i.state === "insufficient") return <Insufficient has={i.n} needs={i.min_n} />;
  if (i.state === "not_applicable") return <span class="muted">{t("progress.not_applicable")}</span>;
  return (
    <span class="muted">
      n = {num(i.n)} · {i.formula_version}
    </span>
  );
}

export function Indicators({ list, base }: { list: Indicator[]; base: string }) {
  return (
    <table class="tbl dims">
      <caption class="vh">{t("progress.indicators")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("progress.h.indicator")}</th>
          <th scope="col" class="d-iv">
            <span class="scale" aria-hidden="true">
              <span>0</span>
              <span>{num(0.5, 1)}</span>
              <span>1</span>
            </span>
            <span class="vh">{t("progress.h.scale")}</span>
          </th>
          <th scope="col" class="num">
            {t("progress.h.value")}
          </th>
          <th scope="col" class="num">
            {t("progress.h.interval")}
          </th>
          <th scope="col">{t("progress.h.reading")}</th>
          <th scope="col">{t("progress.h.evidence")}</th>
        </tr>
      </thead>
      <tbody>
        {list.map((i) => (
          <tr key={i.name}>
            <th scope="row">
              <span class="name">{tMaybe(`progress.ind.${i.name}`) ?? i.name}</span>
              {tMaybe(`progress.about.${i.name}`) && <span class="sub">{tMaybe(`progress.about.${i.name}`)}</span>}
            </th>
            <td class="d-iv">
              <Interval i={i} />
            </td>
            <td class="num d-v nowrap">
              {i.state === "ok" && i.value !== undefined ? valueText(i.value, i.unit) : "–"}
            </td>
            <td class="num d-i nowrap">
              {i.state === "ok" && i.low !== undefined && i.high !== undefined
                ? t("progress.range", { low: valueText(i.low, i.unit), high: valueText(i.high, i.unit) })
                : "–"}
            </td>
            <td class="d-w small">
              <Reading i={i} />
            </td>
            <td class="d-e">
              <Evidence i={i} base={base} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
