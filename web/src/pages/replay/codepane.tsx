// The code at the moment, with the origin of every stretch: template grey, pasted dotted, tutor's wavy.
import { useEffect, useRef, useState } from "preact/hooks";
import { Tabs } from "../../ui/tabs.tsx";
import { tokenLines } from "../../ui/highlight.ts";
import type { Token } from "../../ui/highlight.ts";
import { t, tMaybe } from "../../i18n/t.ts";
import { clockSec } from "../../i18n/format.ts";
import type { FileState, Span } from "../../replay/reducer.ts";
import type { Replay } from "../../state/replay.ts";

const LOOK: Record<string, string> = {
  pasted_external: "o-paste",
  pasted_internal: "o-inside",
  tutor_snippet: "o-tutor",
  template: "o-tpl",
};

interface Piece {
  text: string;
  kind: string;
  origin: string;
}

/** Cuts the tokens of each line where the origin changes. */
export function pieces(lines: Token[][], spans: Span[]): Piece[][] {
  const ends: { to: number; origin: string }[] = [];
  let to = 0;
  for (const s of spans) ends.push({ to: (to += s.len), origin: s.origin });
  let k = 0;
  let at = 0;
  const out: Piece[][] = [];
  for (const line of lines) {
    const row: Piece[] = [];
    for (const tok of line) {
      let rest = tok.text;
      while (rest) {
        while (k < ends.length - 1 && at >= (ends[k]?.to ?? 0)) k++;
        const room = Math.max(1, (ends[k]?.to ?? Infinity) - at);
        const part = rest.slice(0, room);
        row.push({ text: part, kind: tok.kind, origin: ends[k]?.origin ?? "typed" });
        at += part.length;
        rest = rest.slice(part.length);
      }
    }
    at++;
    out.push(row);
  }
  return out;
}

function Lines({ file, here }: { file: FileState; here: number | undefined }) {
  const box = useRef<HTMLDivElement>(null);
  const rows = pieces(tokenLines(file.text), file.spans);
  useEffect(() => {
    const el = box.current?.querySelector<HTMLElement>(".here");
    const parent = box.current;
    if (!el || !parent) return;
    const top = el.offsetTop - parent.offsetTop;
    if (top < parent.scrollTop || top > parent.scrollTop + parent.clientHeight - 40)
      parent.scrollTop = Math.max(0, top - parent.clientHeight / 2);
  }, [here, file]);
  return (
    <div ref={box} class="code" role="group" aria-label={file.path} tabIndex={0} translate={false}>
      {rows.map((row, i) => (
        <div key={i} class={`ln ${here === i + 1 ? "here" : ""}`} data-n={i + 1}>
          <span class="src">
            {row.length === 0
              ? " "
              : row.map((p, k) => (
                  <span key={k} class={`${p.kind} ${LOOK[p.origin] ?? ""}`}>
                    {p.text}
                  </span>
                ))}
          </span>
        </div>
      ))}
    </div>
  );
}

const LEGEND = ["template", "typed", "pasted_internal", "pasted_external", "tutor_snippet"] as const;

export function CodePane({ replay }: { replay: Replay }) {
  const s = replay.state.value;
  const e = replay.event.value;
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const last = s?.files[s.file];
  const file = s?.files.find((f) => f.path === chosen) ?? last ?? s?.files[0];
  const here =
    s && file && last === file && s.pos !== undefined ? file.text.slice(0, s.pos).split("\n").length : undefined;
  const used = new Set(s?.files.flatMap((f) => f.spans.map((x) => x.origin)) ?? []);
  return (
    <section class="rp-code" aria-label={t("event.code_at")}>
      <div class="panel-head">
        {(s?.files.length ?? 0) > 1 ? (
          <Tabs
            name="rpfiles"
            label={t("event.files")}
            value={file?.path ?? ""}
            onChange={setChosen}
            items={(s?.files ?? []).map((f) => ({ id: f.path, label: <code>{f.path}</code> }))}
          />
        ) : (
          <h2>{file?.path ?? ""}</h2>
        )}
        {e && (
          <span class="small muted tab-num nowrap">
            {t("event.moment", { time: clockSec(e.client_at ?? e.at), n: e.seq })}
          </span>
        )}
        <ul class="legend end small" aria-label={t("event.origin_legend")}>
          {LEGEND.filter((o) => used.has(o)).map((o) => (
            <li key={o}>
              <span class={`lg ${LOOK[o] ?? ""}`}>{tMaybe(`event.origin.${o}`)}</span>
            </li>
          ))}
        </ul>
      </div>
      {s?.broken && <p class="note warn small">{t("event.broken_text")}</p>}
      <div id="panel-rpfiles">
        {file ? <Lines file={file} here={here} /> : <p class="pane-empty muted">{t("event.no_code")}</p>}
      </div>
    </section>
  );
}
