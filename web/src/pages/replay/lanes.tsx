// Time line by level, with one cursor; the same place as the table.
import { useRef } from "preact/hooks";
import { Button } from "../../ui/button.tsx";
import { Select } from "../../ui/field.tsx";
import { MarkShape } from "../../ui/marks.tsx";
import { t } from "../../i18n/t.ts";
import { clock, clockSec } from "../../i18n/format.ts";
import { density, marksOf, timeOf } from "../../replay/marks.ts";
import { dispatch } from "../../actions/registry.ts";
import { replayActions } from "../../actions/replay.ts";
import { SPEEDS } from "../../state/replay.ts";
import type { Replay } from "../../state/replay.ts";

const LANE = 28;
const LEVELS = ["n1", "n2", "n3", "n4"] as const;
const SLICES = 90;
const STEPS_MIN = [1 / 6, 0.25, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 360, 1440];

function ticks(from: number, to: number): number[] {
  const span = (to - from) / 60_000;
  const step = (STEPS_MIN.find((s) => span / s <= 8) ?? 1440) * 60_000;
  const out: number[] = [];
  for (let x = Math.ceil(from / step) * step; x <= to; x += step) out.push(x);
  return out;
}

function Controls({ replay }: { replay: Replay }) {
  const act = (id: string) => replayActions.find((a) => a.id === id);
  const press = (id: string) => () => {
    const a = act(id);
    if (a) void dispatch(a);
  };
  const events = replay.film.value?.events ?? [];
  const last = events.at(-1);
  const e = replay.event.value;
  return (
    <div class="ctl">
      <Button icon="prev" label={t("event.act.prev_run")} onPress={press("replay.prev_run")} />
      <Button
        icon={replay.playing.value ? "pause" : "play"}
        label={t(replay.playing.value ? "event.act.pause" : "event.act.play")}
        onPress={press("replay.play")}
      />
      <Button icon="skip" label={t("event.act.next_run")} onPress={press("replay.next_run")} />
      <Select
        hideLabel
        label={t("event.speed")}
        value={String(replay.speed.value)}
        onChange={(v) => (replay.speed.value = Number(v))}
        options={SPEEDS.map((s) => ({ value: String(s), label: `${s}×` }))}
      />
      <label class="check only-wide">
        <input
          type="checkbox"
          checked={replay.skipIdle.value}
          onChange={(x) => (replay.skipIdle.value = x.currentTarget.checked)}
        />
        <span>{t("event.skip_idle")}</span>
      </label>
      <input
        class="scrub"
        type="range"
        min={0}
        max={events.length}
        value={replay.cursor.value}
        aria-label={t("event.position")}
        aria-valuetext={e ? t("event.moment", { time: clockSec(e.client_at ?? e.at), n: e.seq }) : t("event.act.start")}
        onInput={(x) => replay.seek(Number(x.currentTarget.value))}
      />
      <span class="tab-num nowrap">
        <strong>{e ? clockSec(e.client_at ?? e.at) : ""}</strong>{" "}
        <span class="muted">{last ? t("event.of_time", { time: clockSec(last.client_at ?? last.at) }) : ""}</span>
      </span>
    </div>
  );
}

export function Lanes({ replay }: { replay: Replay }) {
  const box = useRef<SVGSVGElement>(null);
  const events = replay.film.value?.events ?? [];
  const [first] = events;
  const last = events.at(-1);
  if (!first || !last) return null;
  const from = timeOf(first);
  const to = Math.max(timeOf(last), from + 60_000);
  const x = (at: number): string => `${(((at - from) / (to - from)) * 98).toFixed(3)}%`;
  const marks = marksOf(events).filter((m) => m.kind !== "ask");
  const e = replay.event.value;
  const seekTo = (px: number): void => {
    const r = box.current?.getBoundingClientRect();
    if (!r) return;
    const at = from + ((px - r.left) / (r.width * 0.98)) * (to - from);
    const n = events.findLastIndex((v) => timeOf(v) <= at);
    replay.seek(n + 1);
  };
  return (
    <section class="rp-lanes" aria-label={t("event.timeline")}>
      <Controls replay={replay} />
      <div class="lanes">
        <ul class="lane-names small" aria-hidden="true">
          {LEVELS.map((l) => (
            <li key={l}>
              {t(`event.lane.${l}`)} <span class="muted">{l}</span>
            </li>
          ))}
        </ul>
        <svg
          ref={box}
          class="lanes-svg"
          width="100%"
          height={LANE * 4}
          aria-hidden="true"
          onClick={(v) => seekTo(v.clientX)}
        >
          {ticks(from, to).map((m) => (
            <line key={m} x1={x(m)} x2={x(m)} y1="0" y2={LANE * 4} class="lane-grid" />
          ))}
          {LEVELS.map((l, i) => (
            <line key={l} x1="0" x2="100%" y1={LANE * (i + 1) - 0.5} y2={LANE * (i + 1) - 0.5} class="lane-line" />
          ))}
          <rect x="0" y="11" width="98%" height="6" rx="3" class="lane-bar" />
          {density(events, from, to, SLICES).map((v, i) =>
            v > 0 ? (
              <rect
                key={i}
                x={`${((i / SLICES) * 98).toFixed(2)}%`}
                y={LANE * 2 - 4 - (4 + v * 14)}
                width="6"
                height={4 + v * 14}
                class="tl-d"
              />
            ) : null,
          )}
          {marks.map((m) => (
            <MarkShape key={m.seq} mark={m} x={x(m.at)} y={LANE * Number(m.level.slice(1)) - LANE + 6} />
          ))}
          {e && <line x1={x(timeOf(e))} x2={x(timeOf(e))} y1="0" y2={LANE * 4} class="tl-now" />}
        </svg>
        <svg class="axis" width="100%" height="20" aria-hidden="true">
          {ticks(from, to).map((m) => (
            <text key={m} x={x(m)} y="14" text-anchor="middle">
              {m % 60_000 ? clockSec(m) : clock(m)}
            </text>
          ))}
        </svg>
      </div>
    </section>
  );
}
