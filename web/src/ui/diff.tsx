// Expected above obtained, with what differs marked and white space visible.
import { t } from "../i18n/t.ts";
import { diff, visible } from "./difflib.ts";
import type { Piece } from "./difflib.ts";

function Value({ pieces }: { pieces: Piece[] }) {
  return (
    <span class="v">
      {pieces.map((p, i) => {
        const inner = visible(p.text).map((x, k) =>
          x.dot ? (
            <span key={k} class="ws-dot">
              {x.text}
            </span>
          ) : (
            x.text
          ),
        );
        return p.mark ? <mark key={i}>{inner}</mark> : <span key={i}>{inner}</span>;
      })}
    </span>
  );
}

const none: Piece[] = [];

export function Diff({ expected, actual }: { expected: string | undefined; actual: string | undefined }) {
  const [left, right] =
    expected !== undefined && actual !== undefined
      ? diff(expected, actual)
      : [
          expected === undefined ? none : [{ text: expected, mark: false }],
          actual === undefined ? none : [{ text: actual, mark: false }],
        ];
  const same = expected !== undefined && expected === actual;
  return (
    <div class={`diff ${same ? "same" : ""}`} role="group" aria-label={t("work.diff.label")} tabIndex={0}>
      {expected !== undefined && (
        <div class="exp">
          <span class="lab">{t("work.diff.expected")}</span>
          <Value pieces={left} />
        </div>
      )}
      {actual !== undefined && (
        <div class="got">
          <span class="lab">{t("work.diff.obtained")}</span>
          <Value pieces={right} />
        </div>
      )}
    </div>
  );
}
