// Drawings of marks on a time line: run by shape, hint by its digit.
import { pathOf } from "./icon.tsx";

export interface MarkLook {
  kind: string;
  ok?: boolean;
  rung?: number;
}

const SHAPES: Record<string, Parameters<typeof pathOf>[0]> = {
  plan: "list",
  predict: "eye",
  thought: "pencil",
  paste: "paste",
  submit: "flag",
  ask: "chat",
  away: "close",
};

export function MarkShape({ mark, x, y }: { mark: MarkLook; x: string; y: number }) {
  if (mark.kind === "hint")
    return (
      <svg x={x} y={y} width="16" height="16" class="tl-rung">
        <rect x=".5" y=".5" width="15" height="15" rx="3" />
        <text x="8" y="12" text-anchor="middle">
          {mark.rung ?? "?"}
        </text>
      </svg>
    );
  const shape = mark.kind === "run" ? (mark.ok ? "pass" : "fail") : (SHAPES[mark.kind] ?? "info");
  const tone = mark.kind === "run" ? (mark.ok ? "ok" : "bad") : "";
  return (
    <svg x={x} y={y} width="16" height="16" viewBox="0 0 16 16" class={`tl-mark ${tone}`}>
      <path d={pathOf(shape)} />
    </svg>
  );
}
