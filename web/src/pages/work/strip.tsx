// The session so far on one line: edits as bars, runs by shape, hints by digit. The table says the same in words.
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { MarkShape } from "../../ui/marks.tsx";
import { t, tMaybe } from "../../i18n/t.ts";
import { clock, clockSec } from "../../i18n/format.ts";
import { density, marksOf } from "../../replay/marks.ts";
import type { Mark } from "../../replay/marks.ts";
import type { Work } from "../../state/work.ts";
import { workDialog } from "../../state/workview.ts";

const SLICES = 60;

export const markText = (m: Mark): string =>
  m.kind === "run"
    ? t(m.ok ? "work.mark.run_ok" : "work.mark.run_bad")
    : m.kind === "hint"
      ? t("work.mark.hint", { n: m.rung ?? 0 })
      : (tMaybe(`work.mark.${m.kind}`) ?? m.kind);

export function Strip({ work }: { work: Work }) {
  const events = work.trace.events.value;
  const s = work.session.data;
  if (!s) return <div class="strip" />;
  const from = Date.parse(s.opened_at);
  void work.edits.value;
  const to = Math.max(Date.now(), from + 60_000);
  const marks = marksOf(events).filter((m) => m.kind !== "away" && m.kind !== "ask");
  const x = (at: number): string => `${(((at - from) / (to - from)) * 97).toFixed(2)}%`;
  const count = (k: string): number => marks.filter((m) => m.kind === k).length;
  const open = (): void => void (workDialog.value = { kind: "events" });
  return (
    <div class="strip">
      <span class="small muted tab-num">{clock(from)}</span>
      <svg
        class="tl"
        width="100%"
        height="32"
        role="img"
        aria-label={t("work.strip.label", { runs: count("run"), hints: count("hint"), plans: count("plan") })}
        onClick={open}
      >
        <line x1="0" x2="100%" y1="26.5" y2="26.5" class="tl-base" />
        {density(events, from, to, SLICES).map((v, i) =>
          v > 0 ? (
            <rect
              key={i}
              x={`${((i / SLICES) * 97).toFixed(2)}%`}
              y={26 - 4 - v * 14}
              width="8"
              height={4 + v * 14}
              class="tl-d"
            />
          ) : null,
        )}
        {marks.map((m) => (
          <MarkShape key={m.seq} mark={m} x={x(m.at)} y={8} />
        ))}
        <line x1="99.4%" x2="99.4%" y1="2" y2="30" class="tl-now" />
      </svg>
      <span class="small tab-num">{clock(to)}</span>
      <Button kind="quiet" icon="table" label={t("work.strip.table")} onPress={open} />
    </div>
  );
}

export function EventsDialog({ work, close }: { work: Work; close: () => void }) {
  const marks = marksOf(work.trace.events.value).reverse();
  return (
    <Dialog title={t("work.strip.title")} onClose={close}>
      {marks.length === 0 && <p class="muted">{t("work.strip.none")}</p>}
      {marks.length > 0 && (
        <table class="tbl">
          <caption class="vh">{t("work.strip.title")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("work.strip.time")}</th>
              <th scope="col">{t("work.strip.what")}</th>
              <th scope="col">
                <span class="vh">{t("work.strip.open")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {marks.map((m) => (
              <tr key={m.seq}>
                <td class="tab-num">{clockSec(m.at)}</td>
                <td>{markText(m)}</td>
                <td class="num">
                  <a href={`/sessions/${work.id}?at=${m.seq}`} target="_blank" rel="noopener">
                    {t("work.strip.open")}
                  </a>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Dialog>
  );
}
