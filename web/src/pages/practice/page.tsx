// /practice: the catalogue by unit, with search and filters kept in the address.
import "./page.css";
import { useEffect } from "preact/hooks";
import { Button } from "../../ui/button.tsx";
import { Select } from "../../ui/field.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Empty, ProblemNote, Skeleton, State } from "../../ui/state.tsx";
import { t, tMaybe } from "../../i18n/t.ts";
import { byName, fold, short } from "../../i18n/format.ts";
import type { Card } from "../../api/shapes.ts";
import { announce } from "../../state/announce.ts";
import { exerciseCards, openExercise, opening } from "../../state/exercise.ts";
import { navigate, place, setQuery } from "../../state/router.ts";

const LEVELS: Record<string, number> = {
  intro: 1,
  initial: 1,
  easy: 1,
  "1": 1,
  medium: 2,
  "2": 2,
  hard: 3,
  advanced: 3,
  "3": 3,
  "4": 3,
  "5": 3,
};

/** 1 to 3, whatever name or number the exercise carries. */
export const levelOf = (d: string | number): number => LEVELS[String(d)] ?? 2;

export interface Filter {
  q: string;
  unit: string;
  skill: string;
  level: string;
  state: string;
}

export function matches(c: Card, f: Filter): boolean {
  const text = fold([c.title, c.summary, c.slug, ...c.skills.map((s) => s.title)].join(" "));
  return (
    fold(f.q)
      .split(/\s+/)
      .every((w) => text.includes(w)) &&
    (f.unit === "" || String(c.unit ?? "") === f.unit) &&
    (f.skill === "" || c.skills.some((s) => s.id === f.skill)) &&
    (f.level === "" || String(levelOf(c.difficulty)) === f.level) &&
    (f.state === "" || c.state === f.state)
  );
}

/** Units may be numbered or named. */
const unitName = (u: string): string => (/^\d+$/.test(u) ? t("practice.unit_n", { n: Number(u) }) : u);

function groups(cards: Card[]): [string, Card[]][] {
  const out = new Map<string, Card[]>();
  for (const c of cards) {
    const unit = String(c.unit ?? "");
    const list = out.get(unit);
    if (list) list.push(c);
    else out.set(unit, [c]);
  }
  return [...out];
}

function Level({ d }: { d: string | number }) {
  const n = levelOf(d);
  return (
    <>
      <span class="lvl" aria-hidden="true">
        {[1, 2, 3].map((i) => (
          <i key={i} class={i <= n ? "on" : ""} />
        ))}
      </span>
      {t(`practice.level.${n as 1 | 2 | 3}`)}
    </>
  );
}

function CardState({ c }: { c: Card }) {
  if (opening.value === c.id)
    return (
      <span role="status">
        <State tone="muted" icon="clock">
          {t("practice.opening")}
        </State>
      </span>
    );
  if (c.state === "solved")
    return (
      <State tone="ok" icon="pass">
        {t("practice.state.solved")}
      </State>
    );
  if (c.state === "in_progress")
    return (
      <State tone="warn" icon="clock">
        {c.best_score === undefined
          ? t("practice.state.in_progress")
          : t("practice.in_progress_score", { score: short(c.best_score), max: short(c.max_score) })}
      </State>
    );
  return (
    <State tone="muted" icon="ring">
      {t("practice.state.new")}
    </State>
  );
}

const open = (c: Card): void => void openExercise(c).then((to) => to && navigate(to));

function Row({ c }: { c: Card }) {
  return (
    <tr>
      <th scope="row">
        <button type="button" class="name" aria-busy={opening.value === c.id} onClick={() => open(c)}>
          {c.title}
        </button>
        <span class="sub only-wide">{c.summary}</span>
      </th>
      <td class="c-comp">{c.skills.map((s) => s.title).join(", ")}</td>
      <td class="c-dif nowrap">
        <Level d={c.difficulty} />
      </td>
      <td class="c-st nowrap">
        <CardState c={c} />
      </td>
      <td class="num c-ent">{c.submissions}</td>
      <td class="num c-min">{t("practice.minutes", { n: c.minutes })}</td>
    </tr>
  );
}

function Table({ cards }: { cards: Card[] }) {
  return (
    <table class="tbl practice">
      <caption class="vh">{t("practice.caption")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("practice.exercise")}</th>
          <th scope="col">{t("practice.skill")}</th>
          <th scope="col">{t("practice.difficulty")}</th>
          <th scope="col">{t("practice.state_head")}</th>
          <th scope="col" class="num">
            {t("practice.submissions")}
          </th>
          <th scope="col" class="num">
            {t("practice.time")}
          </th>
        </tr>
      </thead>
      {groups(cards).map(([unit, list]) => (
        <tbody key={unit}>
          {unit && (
            <tr class="unit">
              <th scope="rowgroup" colSpan={6}>
                {unitName(unit)} <span class="muted">{t("practice.unit_count", { n: list.length })}</span>
              </th>
            </tr>
          )}
          {list.map((c) => (
            <Row key={c.id} c={c} />
          ))}
        </tbody>
      ))}
    </table>
  );
}

function Filters({ cards, f }: { cards: Card[]; f: Filter }) {
  const all = { value: "", label: "" };
  const units = [...new Set(cards.flatMap((c) => (c.unit ? [String(c.unit)] : [])))];
  const skills = [...new Map(cards.flatMap((c) => c.skills.map((s) => [s.id, s.title] as const)))].sort((a, b) =>
    byName(a[1], b[1]),
  );
  const any = Object.values(f).some(Boolean);
  return (
    <div class="filters" role="search">
      <label class="find-in">
        <span class="vh">{t("practice.search")}</span>
        <Icon name="search" />
        <input
          class="input"
          type="search"
          placeholder={t("practice.search")}
          value={f.q}
          onInput={(e) => setQuery({ q: e.currentTarget.value })}
        />
      </label>
      <div class="row wrap choices">
        {units.length > 1 && (
          <Select
            hideLabel
            label={t("practice.unit")}
            value={f.unit}
            onChange={(unit) => setQuery({ unit })}
            options={[
              { ...all, label: t("practice.all_units") },
              ...units.map((u) => ({ value: u, label: unitName(u) })),
            ]}
          />
        )}
        <Select
          hideLabel
          label={t("practice.difficulty")}
          value={f.level}
          onChange={(level) => setQuery({ level })}
          options={[
            { ...all, label: t("practice.all_levels") },
            ...(["1", "2", "3"] as const).map((n) => ({ value: n, label: t(`practice.level.${n}`) })),
          ]}
        />
        <Select
          hideLabel
          label={t("practice.skill")}
          value={f.skill}
          onChange={(skill) => setQuery({ skill })}
          options={[{ ...all, label: t("practice.all_skills") }, ...skills.map(([value, label]) => ({ value, label }))]}
        />
        <Select
          hideLabel
          label={t("practice.state_head")}
          value={f.state}
          onChange={(state) => setQuery({ state })}
          options={[
            { ...all, label: t("practice.all_states") },
            ...(["new", "in_progress", "solved"] as const).map((s) => ({
              value: s,
              label: tMaybe(`practice.state.${s}`) ?? s,
            })),
          ]}
        />
        {any && (
          <Button
            kind="quiet"
            onPress={() =>
              setQuery({ q: undefined, unit: undefined, skill: undefined, level: undefined, state: undefined })
            }
          >
            {t("practice.clear")}
          </Button>
        )}
      </div>
    </div>
  );
}

export function Page() {
  useEffect(() => {
    void exerciseCards.reload();
    return () => exerciseCards.leave();
  }, []);
  const v = exerciseCards.value.value;
  const q = place.value.query;
  const get = (k: string): string => q.get(k) ?? "";
  const f: Filter = { q: get("q"), unit: get("unit"), skill: get("skill"), level: get("level"), state: get("state") };
  const found = (v.data ?? []).filter((c) => matches(c, f));
  useEffect(() => {
    if (v.data && f.q) announce(t("practice.found", { n: found.length, total: v.data.length }));
  }, [found.length, f.q]);
  return (
    <>
      <div class="page-head">
        <div>
          <h1>{t("shell.nav.practice")}</h1>
          <p>{v.data ? t("practice.found", { n: found.length, total: v.data.length }) : t("shell.loading")}</p>
        </div>
      </div>
      {v.problem && <ProblemNote problem={v.problem} retry={() => void exerciseCards.reload()} />}
      {!v.data && !v.problem && <Skeleton lines={8} />}
      {v.data && <Filters cards={v.data} f={f} />}
      {v.data && found.length > 0 && <Table cards={found} />}
      {v.data?.length === 0 && <Empty title={t("practice.empty")}>{t("practice.empty_text")}</Empty>}
      {v.data && v.data.length > 0 && found.length === 0 && (
        <Empty
          title={t("practice.none")}
          act={
            <Button
              onPress={() =>
                setQuery({ q: undefined, unit: undefined, skill: undefined, level: undefined, state: undefined })
              }
            >
              {t("practice.clear")}
            </Button>
          }
        >
          {t("practice.none_text")}
        </Empty>
      )}
    </>
  );
}
