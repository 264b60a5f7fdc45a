// Acts of the workspace.
import { announce, toast } from "../state/announce.ts";
import { net } from "../state/net.ts";
import { navigate } from "../state/router.ts";
import {
  current,
  focusPanel,
  freshResults,
  leftTab,
  panel,
  question,
  resultTab,
  show,
  stdin,
  workDialog,
} from "../state/workview.ts";
import type { Panel } from "../state/workview.ts";
import type { Work } from "../state/work.ts";
import { problemText } from "../i18n/problem.ts";
import { t } from "../i18n/t.ts";
import type { Key } from "../i18n/t.ts";
import { command } from "./types.ts";
import type { Action } from "./types.ts";

type Check = true | Key;

function writable(w: Work | undefined): Check {
  const why = w?.readOnly.value;
  if (!w || why === "starting") return "work.why.starting";
  return why === "closed" ? "work.why.closed" : why === "held" ? "work.why.held" : true;
}

/** Why a run can't start now. */
export function runCheck(): Check {
  const w = current.value;
  const can = writable(w);
  if (can !== true) return can;
  if (w?.runs.running.value) return "work.why.running";
  if (net.value === "offline") return "work.why.offline_run";
  const s = w?.session.data;
  return s?.policy.plan === "required" && !s.plan ? "work.why.plan" : true;
}

export function askCheck(): Check {
  const w = current.value;
  const can = writable(w);
  if (can !== true) return can;
  if (w?.session.data && !w.session.data.policy.tutor) return "work.why.tutor_off";
  if (w?.turns.busy.value) return "work.why.turn";
  return net.value === "offline" ? "work.why.offline_ask" : true;
}

async function run(kind: "visible_tests" | "input"): Promise<void> {
  const w = current.peek();
  if (!w?.runs.prepare("run", kind)) return;
  w.ranAt.value = w.edits.peek();
  resultTab.value = kind === "visible_tests" ? "tests" : "output";
  if (panel.peek() === "code") freshResults.value = true;
  announce(t("work.run.started"));
  await w.settle();
  const input = kind === "input" ? stdin.peek() : undefined;
  if (!(await w.withCode((files) => w.runs.start(kind, files, input))) && w.runs.problem.peek()) show("results");
}

export async function submitNow(): Promise<void> {
  const w = current.peek();
  if (!w?.runs.prepare("submission", "visible_tests")) return;
  w.ranAt.value = w.edits.peek();
  resultTab.value = "tests";
  show("results");
  await w.settle();
  await w.withCode((files) => w.runs.submit(files));
}

export async function ask(kind: "question" | "hint", rung?: number): Promise<void> {
  const w = current.peek();
  if (!w) return;
  const text = question.peek().trim();
  if (kind === "question" && text === "") return void toast(t("work.ask.empty"));
  show("tutor");
  await w.settle();
  const sent = await w.turns.ask(kind, text === "" ? t("work.ask.hint_text") : text, rung);
  if (!sent) return;
  question.value = "";
  if (w.draft) delete w.draft.extra.question;
  void w.draft?.saveLocal();
}

async function stop(): Promise<void> {
  const w = current.peek();
  if (w?.turns.streaming.peek()) await w.turns.cancel();
  else await w?.runs.cancel();
}

function nextPanel(step: 1 | -1): void {
  const all: Panel[] = ["statement", "code", "results", "tutor"];
  const active = document.activeElement?.closest<HTMLElement>("[data-panel]")?.dataset["panel"] as Panel | undefined;
  const at = all.indexOf(active ?? panel.peek());
  focusPanel(all[(at + step + all.length) % all.length] ?? "code");
}

export async function finish(): Promise<void> {
  const w = current.peek();
  if (!w) return;
  await w.settle();
  if (await w.setState("closed")) {
    workDialog.value = undefined;
    toast(t("work.finish.done"));
    navigate(`/sessions/${w.id}`);
    return;
  }
  const p = w.problem.peek();
  if (p) toast(problemText(p), "bad");
}

const open = (kind: "submit" | "finish" | "recorded" | "rules" | "reflect" | "events" | "stuck") =>
  command(() => void (workDialog.value = { kind }));

const panels: [Panel, Key][] = [
  ["statement", "work.act.statement"],
  ["code", "work.act.code"],
  ["results", "work.act.results"],
  ["tutor", "work.act.tutor"],
];

export const runTests: Action = {
  id: "work.run_tests",
  label: "work.act.run",
  scope: "work",
  icon: "play",
  keys: ["Mod-Enter"],
  when: runCheck,
  perform: () => command(() => run("visible_tests")),
};

export const runInput: Action = {
  id: "work.run_input",
  label: "work.act.run_input",
  scope: "work",
  icon: "play",
  when: runCheck,
  perform: () => command(() => run("input")),
};

export const submit: Action = {
  id: "work.submit",
  label: "work.act.submit",
  scope: "work",
  keys: ["Mod-Shift-Enter"],
  when: runCheck,
  perform: () => open("submit"),
};

export const askAction: Action = {
  id: "work.ask",
  label: "work.act.ask",
  scope: "work",
  icon: "chat",
  keys: ["Mod-Shift-H"],
  when: askCheck,
  perform: () =>
    command(() => {
      if (question.peek().trim() === "") focusPanel("tutor");
      else return ask("question");
    }),
};

export const hint: Action = {
  id: "work.hint",
  label: "work.act.hint",
  scope: "work",
  when: askCheck,
  perform: () => command(() => ask("hint")),
};

export const workActions: Action[] = [
  runTests,
  runInput,
  submit,
  askAction,
  hint,
  {
    id: "work.stop",
    label: "work.act.stop",
    scope: "work",
    icon: "stop",
    keys: ["Mod-."],
    when: () =>
      current.value?.runs.running.value || current.value?.turns.streaming.value ? true : "work.why.nothing_runs",
    perform: () => command(stop),
  },
  {
    id: "work.plan",
    label: "work.act.plan",
    scope: "work",
    icon: "list",
    keys: ["Mod-Shift-P"],
    perform: () =>
      command(() => {
        leftTab.value = "plan";
        show("statement");
        setTimeout(
          () => document.querySelector<HTMLElement>("#p-statement textarea, #p-statement .plan button")?.focus(),
          0,
        );
      }),
  },
  { id: "work.finish", label: "work.act.finish", scope: "work", icon: "flag", perform: () => open("finish") },
  {
    id: "work.reflect",
    label: "work.act.reflect",
    scope: "work",
    icon: "pencil",
    when: () => writable(current.value),
    perform: () => open("reflect"),
  },
  {
    id: "work.stuck",
    label: "work.act.stuck",
    scope: "work",
    icon: "stuck",
    when: () => writable(current.value),
    perform: () => open("stuck"),
  },
  { id: "work.recorded", label: "work.act.recorded", scope: "work", icon: "eye", perform: () => open("recorded") },
  { id: "work.rules", label: "work.act.rules", scope: "work", icon: "info", perform: () => open("rules") },
  {
    id: "work.save",
    label: "work.act.save",
    scope: "work",
    keys: ["Mod-S"],
    perform: () =>
      command(async () => {
        await current.peek()?.settle();
        toast(t("work.saved.already"));
      }),
  },
  ...panels.map(([p, label], i): Action => ({
    id: `work.panel.${p}`,
    label,
    scope: "work",
    keys: [`Alt-${i + 1}`],
    perform: () => command(() => focusPanel(p)),
  })),
  {
    id: "work.next_panel",
    label: "work.act.next_panel",
    scope: "work",
    keys: ["F6"],
    perform: () => command(() => nextPanel(1)),
  },
  {
    id: "work.prev_panel",
    label: "work.act.prev_panel",
    scope: "work",
    keys: ["Shift-F6"],
    perform: () => command(() => nextPanel(-1)),
  },
  {
    id: "work.next_error",
    label: "work.act.next_error",
    scope: "work",
    keys: ["F8"],
    perform: () => command(() => current.peek()?.editor?.nextDiagnostic(1)),
  },
  {
    id: "work.prev_error",
    label: "work.act.prev_error",
    scope: "work",
    keys: ["Shift-F8"],
    perform: () => command(() => current.peek()?.editor?.nextDiagnostic(-1)),
  },
];
