// /teach: the class as it happens, who needs help now and why.
import "./page.css";
import "../../style/code.css";
import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../../ui/button.tsx";
import { Select } from "../../ui/field.tsx";
import { Empty, ProblemNote, Skeleton, State } from "../../ui/state.tsx";
import { t } from "../../i18n/t.ts";
import { clock, clockSec } from "../../i18n/format.ts";
import type { Course, Live } from "../../api/shapes.ts";
import { announce } from "../../state/announce.ts";
import { LiveClass, courses } from "../../state/live.ts";
import { place, setQuery } from "../../state/router.ts";
import { Detail } from "./detail.tsx";
import { LiveTable, STATES, lookOfState } from "./table.tsx";

const STAFF = new Set(["teacher", "assistant"]);
const SAY_EVERY_MS = 10_000;
const FILTERS = ["waiting", "stuck", "not_started", "finished", "offline"] as const;

function countBy(rows: Live[]): Map<string, number> {
  const out = new Map<string, number>();
  for (const r of rows) out.set(r.state, (out.get(r.state) ?? 0) + 1);
  return out;
}

function Counts({ rows }: { rows: Live[] }) {
  const n = countBy(rows);
  return (
    <ul class="counts">
      {STATES.filter((s) => n.get(s)).map((s) => {
        const look = lookOfState(s);
        return (
          <li key={s}>
            <State tone={look.tone} icon={look.icon}>
              <span class="vh">{t(`teach.state.${s}`)}</span>
            </State>
            <strong>{n.get(s)}</strong> {t(`teach.count.${s}`, { n: n.get(s) ?? 0 })}
          </li>
        );
      })}
    </ul>
  );
}

/** At most one polite sentence in ten seconds. */
function useSay(waiting: number): void {
  const said = useRef({ n: 0, at: 0 });
  useEffect(() => {
    if (waiting === said.current.n || Date.now() - said.current.at < SAY_EVERY_MS) return;
    if (waiting > said.current.n) announce(t("teach.say_waiting", { n: waiting }));
    said.current = { n: waiting, at: Date.now() };
  }, [waiting]);
}

function Chips({ rows, filter }: { rows: Live[]; filter: string }) {
  const n = countBy(rows);
  const chip = (id: string, label: string, count: number) => (
    <button
      key={id}
      type="button"
      class="chip"
      aria-pressed={filter === id}
      onClick={() => setQuery({ show: id || undefined })}
    >
      {label} <span class="n count">{count}</span>
    </button>
  );
  return (
    <div class="row wrap scroll-x" role="group" aria-label={t("teach.filters")}>
      {chip("", t("teach.all"), rows.length)}
      {FILTERS.filter((s) => n.get(s) || filter === s).map((s) => chip(s, t(`teach.filter.${s}`), n.get(s) ?? 0))}
    </div>
  );
}

function Class({ course }: { course: Course }) {
  const [live, setLive] = useState<LiveClass | undefined>(undefined);
  const [, tick] = useState(0);
  const [selected, setSelected] = useState<string | undefined>(undefined);
  useEffect(() => {
    const l = new LiveClass(course.id);
    setLive(l);
    setSelected(undefined);
    const timer = setInterval(() => tick((n) => n + 1), 10_000);
    return () => {
      clearInterval(timer);
      l.leave();
    };
  }, [course.id]);
  const map = live?.rows.value;
  const rows = (live?.order.value ?? []).flatMap((id) => map?.get(id) ?? []);
  useSay(rows.filter((r) => r.state === "waiting").length);
  if (!live) return null;
  const filter = place.value.query.get("show") ?? "";
  const shown = rows.filter((r) => filter === "" || r.state === filter);
  const chosen = selected ? map?.get(selected) : undefined;
  const problem = live.problem.value;
  if (!live.ready.value)
    return problem ? <ProblemNote problem={problem} /> : <Skeleton lines={8} what={t("teach.loading")} />;
  if (rows.length === 0) return <Empty title={t("teach.empty")}>{t("teach.empty_text")}</Empty>;
  return (
    <>
      <Counts rows={rows} />
      <div class={`live ${chosen ? "with-pane" : ""}`}>
        <div>
          <div class="row wrap live-tools">
            <Chips rows={rows} filter={filter} />
            {live.pending.value > 0 && (
              <Button class="end" onPress={() => live.apply()}>
                {t("teach.apply", { n: live.pending.value })}
              </Button>
            )}
          </div>
          {shown.length === 0 ? (
            <Empty
              title={t("teach.no_match")}
              act={<Button onPress={() => setQuery({ show: undefined })}>{t("teach.all")}</Button>}
            />
          ) : (
            <LiveTable rows={shown} selected={selected} pick={setSelected} hold={(on) => live.hold(on)} />
          )}
          <p class="small muted live-foot">{t("teach.order", { shown: shown.length, total: rows.length })}</p>
        </div>
        {chosen && <Detail r={chosen} close={() => setSelected(undefined)} />}
      </div>
      <p class="vh">{clockSec(live.asOf.value)}</p>
      {live.lost.value !== undefined && (
        <p class="stale-note">
          <State tone="warn" icon="cloudOff">
            {t("teach.stale", { time: clock(live.lost.value) })}
          </State>
        </p>
      )}
    </>
  );
}

export function Page() {
  useEffect(() => {
    void courses.reload();
    return () => courses.leave();
  }, []);
  const v = courses.value.value;
  const mine = (v.data ?? []).filter((c) => STAFF.has(c.role));
  const wanted = place.value.query.get("course");
  const course = mine.find((c) => c.id === wanted) ?? mine[0];
  return (
    <>
      <div class="page-head live-head">
        <div>
          <h1>{t("shell.nav.teach")}</h1>
          <p>{course ? t("teach.course", { name: course.name, term: course.term, n: course.students }) : ""}</p>
        </div>
        {mine.length > 1 && course && (
          <Select
            hideLabel
            label={t("teach.choose_course")}
            value={course.id}
            onChange={(id) => setQuery({ course: id })}
            options={mine.map((c) => ({ value: c.id, label: `${c.name} ${c.term}` }))}
          />
        )}
      </div>
      {v.problem && <ProblemNote problem={v.problem} retry={() => void courses.reload()} />}
      {!v.data && !v.problem && <Skeleton lines={6} />}
      {v.data && !course && <Empty title={t("teach.no_course")}>{t("teach.no_course_text")}</Empty>}
      {course && <Class key={course.id} course={course} />}
    </>
  );
}
