// A problem in words.
import { t, tMaybe } from "./t.ts";

/** The sentence for a problem: by its code, else a general one with the code. */
export function problemText(p: { code: string; retry_after?: number }): string {
  if (p.code === "limit.rate" && p.retry_after) return t("problem.wait", { seconds: Math.ceil(p.retry_after) });
  return tMaybe(`problem.${p.code}`) ?? t("problem.unknown", { code: p.code });
}
