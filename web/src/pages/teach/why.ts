// Why a student is where the table says: one sentence from facts.
import { t, tMaybe } from "../../i18n/t.ts";
import type { Live } from "../../api/shapes.ts";

const n = (v: string | number | undefined): number => Number(v ?? 0);

export function whyText(r: Live): string {
  const p = r.why.params;
  switch (r.why.code) {
    case "same_error":
      return t("teach.why.same_error", {
        error: String(p["class"] ?? ""),
        runs: n(p["runs"]),
        minutes: n(p["minutes"]),
      });
    case "no_progress":
      return t("teach.why.no_progress", { runs: n(p["runs"]), minutes: n(p["minutes"]) });
    case "declared":
      return t("teach.why.declared");
    case "idle":
      return t("teach.why.idle", { minutes: n(p["minutes"]) });
    case "solved":
      return t("teach.why.solved", { attempt: n(p["attempt"]) });
    case "progress":
      return t("teach.why.progress", { passed: n(p["passed"]), total: n(p["total"]) });
    default:
      return tMaybe(`teach.why.${r.why.code}`) ?? "";
  }
}
