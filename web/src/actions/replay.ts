// Acts of the replay.
import { currentReplay } from "../state/replay.ts";
import type { Replay } from "../state/replay.ts";
import { command } from "./types.ts";
import type { Action } from "./types.ts";
import type { Key } from "../i18n/t.ts";
import type { IconName } from "../ui/icon.tsx";

const RUNS = ["tests_finished", "run_finished"];

function act(id: string, label: Key, keys: string[], run: (r: Replay) => void, icon?: IconName): Action {
  return {
    id: `replay.${id}`,
    label,
    scope: "replay",
    keys,
    ...(icon ? { icon } : {}),
    perform: () =>
      command(() => {
        const r = currentReplay.peek();
        if (r) run(r);
      }),
  };
}

export const replayActions: Action[] = [
  act("play", "event.act.play", [" "], (r) => r.toggle(), "play"),
  act("back", "event.act.back", ["ArrowLeft"], (r) => r.seek(r.cursor.peek() - 1)),
  act("forward", "event.act.forward", ["ArrowRight"], (r) => r.seek(r.cursor.peek() + 1)),
  act("back10", "event.act.back10", ["Shift-ArrowLeft"], (r) => r.seek(r.cursor.peek() - 10)),
  act("forward10", "event.act.forward10", ["Shift-ArrowRight"], (r) => r.seek(r.cursor.peek() + 10)),
  act("start", "event.act.start", ["Home"], (r) => r.seek(0)),
  act("end", "event.act.end", ["End"], (r) => r.seek(Infinity)),
  act("prev_run", "event.act.prev_run", ["["], (r) => r.jump(-1, RUNS), "prev"),
  act("next_run", "event.act.next_run", ["]"], (r) => r.jump(1, RUNS), "skip"),
];
