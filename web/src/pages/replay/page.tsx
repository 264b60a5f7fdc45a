// /sessions/:id and /teach/sessions/:id: a session seen again, by code, table and time line.
import "./page.css";
import "../../style/code.css";
import { useSignalEffect } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { ProblemNote, Skeleton, State } from "../../ui/state.tsx";
import { TabPanel, Tabs } from "../../ui/tabs.tsx";
import { t } from "../../i18n/t.ts";
import { clock, dayLong } from "../../i18n/format.ts";
import type { PageProps } from "../../routes.ts";
import type { Session, Verification } from "../../api/shapes.ts";
import { register } from "../../actions/registry.ts";
import { replayActions } from "../../actions/replay.ts";
import { me } from "../../state/me.ts";
import { Replay, currentReplay } from "../../state/replay.ts";
import { place, setQuery } from "../../state/router.ts";
import { MissingPage } from "../shell/states.tsx";
import { CodePane } from "./codepane.tsx";
import { EventFilters, EventTable } from "./events.tsx";
import type { EventFilter } from "./events.tsx";
import { Lanes } from "./lanes.tsx";
import { Dialogue, Reasons, RunList } from "./panes.tsx";

type Tab = "events" | "dialogue" | "runs" | "reasons";

function Integrity({ v }: { v: Verification }) {
  if (v.result === "broken")
    return (
      <State tone="bad" icon="shieldBad">
        {t("event.chain.broken", { n: v.first_broken?.seq ?? 0 })}
      </State>
    );
  if (v.result === "incomplete")
    return (
      <State tone="warn" icon="shield">
        {t("event.chain.incomplete", { n: v.events })}
      </State>
    );
  return (
    <State tone="ok" icon="shield">
      {t("event.chain.ok", { n: v.events })}
    </State>
  );
}

function Complete({ s }: { s: Session }) {
  const missing = (["n1", "n2", "n3", "n4"] as const).filter((l) => !s.complete[l]);
  if (missing.length === 0) return <>{t("event.complete")}</>;
  return <>{t("event.incomplete", { levels: missing.join(", ") })}</>;
}

function Head({ replay, staff }: { replay: Replay; staff: boolean }) {
  const s = replay.session.data;
  const v = replay.check.value.value;
  if (!s) return <h1>{t("shell.title.replay")}</h1>;
  const open = s.state !== "closed" && s.state !== "abandoned";
  return (
    <div class="page-head rp-head">
      <div>
        <p class="small crumbs">
          {staff ? (
            <>
              <a href="/teach">{t("shell.nav.teach")}</a> / <a href={`/teach/students/${s.user.id}`}>{s.user.name}</a>
            </>
          ) : (
            <a href="/sessions">{t("shell.nav.sessions")}</a>
          )}
        </p>
        <h1>{s.exercise.title}</h1>
        <p>
          {t("event.summary", {
            day: dayLong(s.opened_at),
            from: clock(s.opened_at),
            to: clock(s.ended_at ?? s.active_at),
          })}{" "}
          {t("event.counts", { events: s.counts.events, runs: s.counts.runs, turns: s.counts.turns })}{" "}
          <Complete s={s} />
        </p>
      </div>
      <div class="row wrap">
        {v.data && <Integrity v={v.data} />}
        {!v.data && v.problem && <span class="small muted">{t("event.chain.unknown")}</span>}
        {open && s.user.id === me.value?.id && (
          <a class="btn primary" href={`/work/${s.id}`}>
            {t("event.resume")}
          </a>
        )}
      </div>
    </div>
  );
}

function Side({ replay }: { replay: Replay }) {
  const [tab, setTab] = useState<Tab>("events");
  const [f, setF] = useState<EventFilter>({ level: "", type: "" });
  const name = replay.session.data?.user.name ?? "";
  return (
    <section class="rp-events" aria-label={t("event.events")}>
      <div class="panel-head">
        <Tabs
          name="rp"
          label={t("event.views")}
          value={tab}
          onChange={setTab}
          items={[
            { id: "events", label: t("event.events") },
            { id: "dialogue", label: t("event.dialogue") },
            { id: "runs", label: t("event.runs") },
            { id: "reasons", label: t("event.reasons") },
          ]}
        />
      </div>
      <TabPanel name="rp" value={tab} class="rp-pane">
        {tab === "events" && (
          <>
            <div class="row rp-filters">
              <EventFilters events={replay.film.value?.events ?? []} f={f} set={setF} />
            </div>
            <EventTable replay={replay} f={f} />
          </>
        )}
        {tab === "dialogue" && <Dialogue replay={replay} name={name} />}
        {tab === "runs" && <RunList replay={replay} />}
        {tab === "reasons" && <Reasons replay={replay} />}
      </TabPanel>
    </section>
  );
}

const FOLLOW_MS = 5000;

export function Page({ params }: PageProps) {
  const id = params["id"] ?? "";
  const staff = location.pathname.startsWith("/teach/");
  const [replay, setReplay] = useState<Replay | undefined>(undefined);
  useEffect(() => {
    const r = new Replay(id);
    setReplay(r);
    currentReplay.value = r;
    const off = register(replayActions);
    const at = Number(place.peek().query.get("at"));
    void r.open(at > 0 ? at : undefined);
    const timer = setInterval(() => {
      const s = r.session.data;
      if (s && s.state !== "closed" && s.state !== "abandoned" && document.visibilityState === "visible") void r.more();
    }, FOLLOW_MS);
    return () => {
      clearInterval(timer);
      off();
      r.leave();
      currentReplay.value = undefined;
    };
  }, [id]);
  useSignalEffect(() => {
    const r = currentReplay.value;
    const e = r?.event.value;
    const last = r?.film.value?.events.at(-1);
    if (r && !r.playing.value && r.film.value) setQuery({ at: e && e !== last ? String(e.seq) : undefined });
  });
  if (!replay) return null;
  const v = replay.session.value.value;
  if (v.problem?.status === 404 || v.problem?.status === 403) return <MissingPage />;
  const failed = v.problem ?? replay.trace.problem.value ?? replay.problem.value;
  return (
    <>
      <Head replay={replay} staff={staff} />
      {failed && <ProblemNote problem={failed} retry={() => void replay.open(undefined)} />}
      {!replay.film.value && !failed && <Skeleton lines={8} />}
      {replay.film.value && (
        <div class="rp">
          <CodePane replay={replay} />
          <Side replay={replay} />
          <Lanes replay={replay} />
        </div>
      )}
      {replay.check.data && (
        <p class="small muted rp-note">{t("event.chain.meaning", { n: replay.check.data.last_checkpoint_seq })}</p>
      )}
    </>
  );
}
