// A verdict in words, with its shape and tone.
import { State } from "../../ui/state.tsx";
import { lookOf } from "../../ui/verdict.ts";
import { tMaybe } from "../../i18n/t.ts";

export const verdictText = (v: string): string => tMaybe(`work.verdict.${v}`) ?? v;

export function Verdict({ verdict }: { verdict: string }) {
  const look = lookOf(verdict);
  return (
    <State tone={look.tone} icon={look.icon}>
      {verdictText(verdict)}
    </State>
  );
}
