// One table from the judge's words to tone and shape. "Not judged" is not the shape of "wrong".
import type { IconName } from "./icon.tsx";
import type { Tone } from "./state.tsx";

const LOOKS: Record<string, { tone: Tone; icon: IconName }> = {
  passed: { tone: "ok", icon: "pass" },
  accepted: { tone: "ok", icon: "pass" },
  ok: { tone: "ok", icon: "pass" },
  partial: { tone: "warn", icon: "stuck" },
  presentation: { tone: "warn", icon: "stuck" },
  skipped: { tone: "muted", icon: "ring" },
  unstable: { tone: "muted", icon: "ring" },
  judge_error: { tone: "muted", icon: "ring" },
  cancelled: { tone: "muted", icon: "ring" },
  pending: { tone: "muted", icon: "clock" },
};

export const lookOf = (verdict: string): { tone: Tone; icon: IconName } =>
  LOOKS[verdict] ?? { tone: "bad", icon: "fail" };

export const isPass = (verdict: string | undefined): boolean =>
  verdict === "passed" || verdict === "accepted" || verdict === "ok";
