// What lies over every page: notices, palette, keyboard map.
import { useMemo, useState } from "preact/hooks";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Icon } from "../../ui/icon.tsx";
import { t } from "../../i18n/t.ts";
import { fold } from "../../i18n/format.ts";
import { actions, dispatch, keyText, reasonAgainst } from "../../actions/registry.ts";
import type { Action } from "../../actions/types.ts";
import { dismiss, toasts } from "../../state/announce.ts";
import { exerciseCards, openExercise } from "../../state/exercise.ts";
import { me } from "../../state/me.ts";
import { navigate } from "../../state/router.ts";
import { dialog } from "../../state/ui.ts";

interface Hit {
  id: string;
  text: string;
  side: string;
  off?: string | undefined;
  run: () => void;
}

const name = (a: Action): string => t(a.label as "shell.close");

/** Letters of the query in order, words first; 0 = no match. */
export function score(text: string, query: string): number {
  const a = fold(text);
  const q = fold(query).trim();
  if (q === "") return 1;
  if (a.startsWith(q)) return 4;
  if (a.includes(q)) return 3;
  let at = -1;
  for (const ch of q) {
    at = a.indexOf(ch, at + 1);
    if (at < 0) return 0;
  }
  return 1;
}

function hits(query: string): Hit[] {
  const acts: Hit[] = actions.value
    .filter((a) => !a.hidden && !(reasonAgainst(a) && a.scope === "shell"))
    .map((a) => ({
      id: a.id,
      text: name(a),
      side: a.keys?.[0] ? keyText(a.keys[0]) : "",
      off: reasonAgainst(a),
      run: () => void dispatch(a),
    }));
  const exercises: Hit[] =
    query.trim().length < 2
      ? []
      : (exerciseCards.data ?? []).map((c) => ({
          id: c.id,
          text: c.title,
          side: t("shell.palette.exercise"),
          run: () => void openExercise(c).then((to) => to && navigate(to)),
        }));
  return [...acts, ...exercises]
    .map((h) => ({ h, s: score(h.text, query) }))
    .filter((x) => x.s > 0)
    .sort((x, y) => y.s - x.s)
    .slice(0, 12)
    .map((x) => x.h);
}

function Palette() {
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const close = (): void => void (dialog.value = undefined);
  useMemo(() => me.value && exerciseCards.ensure(), []);
  const found = hits(query);
  const pick = (h: Hit | undefined): void => {
    if (!h || h.off) return;
    close();
    h.run();
  };
  return (
    <Dialog title={t("shell.find")} onClose={close}>
      <input
        class="input big"
        role="combobox"
        aria-expanded="true"
        aria-controls="palette"
        aria-activedescendant={found[at] ? `hit-${at}` : undefined}
        aria-label={t("shell.find")}
        placeholder={t("shell.palette.placeholder")}
        autofocus
        value={query}
        onInput={(e) => {
          setQuery(e.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={(e) => {
          if (e.key === "ArrowDown") setAt(Math.min(at + 1, found.length - 1));
          if (e.key === "ArrowUp") setAt(Math.max(at - 1, 0));
          if (e.key === "Enter") pick(found[at]);
          if (["ArrowDown", "ArrowUp", "Enter"].includes(e.key)) e.preventDefault();
        }}
      />
      <div id="palette" class="palette-list" role="listbox" aria-label={t("shell.palette.results")}>
        {found.map((h, i) => (
          <div
            key={h.id}
            id={`hit-${i}`}
            role="option"
            aria-selected={i === at}
            aria-disabled={h.off ? "true" : undefined}
            onClick={() => pick(h)}
          >
            <span class="grow">{h.text}</span>
            <span class="small muted">{h.off ?? h.side}</span>
          </div>
        ))}
      </div>
      {found.length === 0 && <p class="muted">{t("shell.palette.none")}</p>}
    </Dialog>
  );
}

function KeyMap() {
  const rows = actions.value.filter((a) => a.keys?.length);
  return (
    <Dialog title={t("shell.act.keys")} onClose={() => (dialog.value = undefined)}>
      <dl class="keymap">
        {rows.map((a) => [
          <dt key={a.id}>
            <kbd class="box">{keyText(a.keys?.[0] ?? "")}</kbd>
          </dt>,
          <dd key={`${a.id}d`}>{name(a)}</dd>,
        ])}
        <dt>
          <kbd class="box">Esc, Tab</kbd>
        </dt>
        <dd>{t("shell.keys.leave_editor")}</dd>
      </dl>
    </Dialog>
  );
}

export function Overlays() {
  return (
    <>
      {dialog.value === "palette" && <Palette />}
      {dialog.value === "keys" && <KeyMap />}
      <div class="toasts">
        {toasts.value.map((x) => (
          <div key={x.id} class={`note ${x.kind === "bad" ? "bad" : ""}`}>
            <Icon name={x.kind === "bad" ? "warn" : "info"} />
            <p class="grow">{x.text}</p>
            <Button kind="quiet" icon="close" label={t("shell.close")} onPress={() => dismiss(x.id)} />
          </div>
        ))}
      </div>
    </>
  );
}
