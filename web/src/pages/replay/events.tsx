// The equal alternative to the drawing: every event as a row. Only the rows in view are made.
import { useEffect, useRef, useState } from "preact/hooks";
import { Select } from "../../ui/field.tsx";
import { t, tMaybe } from "../../i18n/t.ts";
import { clockSec } from "../../i18n/format.ts";
import type { TraceEvent } from "../../api/shapes.ts";
import type { Replay } from "../../state/replay.ts";
import { describe, typeName } from "./describe.ts";

const ROW = 36;
const OVER = 8;

interface Shown {
  e: TraceEvent;
  /** Place in the whole trace. */
  index: number;
}

export interface EventFilter {
  level: string;
  type: string;
}

export function visibleEvents(events: TraceEvent[], f: EventFilter): Shown[] {
  return events
    .map((e, index) => ({ e, index }))
    .filter(({ e }) => (f.level === "" || e.level === f.level) && (f.type === "" || e.type === f.type));
}

function Row({ row, on, replay }: { row: Shown; on: boolean; replay: Replay }) {
  const { e } = row;
  return (
    <tr aria-selected={on} onClick={() => replay.seek(row.index + 1)}>
      <td class="num">{e.seq}</td>
      <td class="tab-num nowrap">{clockSec(e.client_at ?? e.at)}</td>
      <td class="lev">{e.level}</td>
      <th scope="row">
        <button type="button" onClick={() => replay.seek(row.index + 1)} aria-current={on ? "true" : undefined}>
          {typeName(e)}
        </button>
      </th>
      <td class="muted ev-what">{describe(e, replay.film.value?.lines.get(e.seq))}</td>
    </tr>
  );
}

export function EventFilters({
  events,
  f,
  set,
}: {
  events: TraceEvent[];
  f: EventFilter;
  set: (f: EventFilter) => void;
}) {
  const types = [...new Set(events.map((e) => e.type))].sort();
  return (
    <>
      <Select
        hideLabel
        label={t("event.level_head")}
        value={f.level}
        onChange={(level) => set({ ...f, level })}
        options={[
          { value: "", label: t("event.all_levels") },
          ...(["n1", "n2", "n3", "n4"] as const).map((l) => ({ value: l, label: `${l} · ${t(`event.level.${l}`)}` })),
        ]}
      />
      <Select
        hideLabel
        label={t("event.type_head")}
        value={f.type}
        onChange={(type) => set({ ...f, type })}
        options={[
          { value: "", label: t("event.all_types") },
          ...types.map((x) => ({ value: x, label: tMaybe(`event.type.${x}`) ?? x })),
        ]}
      />
    </>
  );
}

export function EventTable({ replay, f }: { replay: Replay; f: EventFilter }) {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(400);
  const rows = visibleEvents(replay.film.value?.events ?? [], f);
  const cursor = replay.cursor.value;
  const at = rows.findLastIndex((r) => r.index < cursor);
  useEffect(() => {
    const el = box.current;
    if (!el) return;
    setHeight(el.clientHeight);
    const y = at * ROW;
    if (y < el.scrollTop || y > el.scrollTop + el.clientHeight - 2 * ROW - 32)
      el.scrollTop = Math.max(0, y - el.clientHeight / 2);
  }, [at, rows.length]);
  const from = Math.max(0, Math.floor(top / ROW) - OVER);
  const to = Math.min(rows.length, Math.ceil((top + height) / ROW) + OVER);
  return (
    <div
      class="ev-scroll"
      ref={box}
      tabIndex={0}
      role="group"
      aria-label={t("event.table")}
      onScroll={(e) => setTop(e.currentTarget.scrollTop)}
    >
      <table class="tbl ev" aria-rowcount={rows.length}>
        <caption class="vh">{t("event.table")}</caption>
        <thead>
          <tr>
            <th scope="col" class="num">
              {t("event.n_head")}
            </th>
            <th scope="col">{t("event.time_head")}</th>
            <th scope="col">{t("event.level_head")}</th>
            <th scope="col">{t("event.type_head")}</th>
            <th scope="col">{t("event.what_head")}</th>
          </tr>
        </thead>
        <tbody>
          {from > 0 && <tr class="gap" aria-hidden="true" style={{ height: `${from * ROW}px` }} />}
          {rows.slice(from, to).map((r, i) => (
            <Row key={r.e.seq} row={r} on={from + i === at} replay={replay} />
          ))}
          {to < rows.length && (
            <tr class="gap" aria-hidden="true" style={{ height: `${(rows.length - to) * ROW}px` }} />
          )}
        </tbody>
      </table>
    </div>
  );
}
