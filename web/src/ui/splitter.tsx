// A border that can be moved: drag, arrow keys, double click or Home for the usual size.
import { useRef } from "preact/hooks";

export interface SplitterProps {
  label: string;
  axis: "x" | "y";
  value: number;
  min: number;
  max: number;
  usual: number;
  /** -1 when growing means moving towards the start. */
  sign?: 1 | -1;
  onChange: (v: number) => void;
  class?: string;
}

export function Splitter({ label, axis, value, min, max, usual, sign = 1, onChange, class: cls }: SplitterProps) {
  const from = useRef<{ at: number; value: number } | undefined>(undefined);
  const set = (v: number): void => onChange(Math.round(Math.min(max, Math.max(min, v))));
  const at = (e: PointerEvent): number => (axis === "x" ? e.clientX : e.clientY);
  return (
    <div
      class={`splitter ${axis} ${cls ?? ""}`}
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={axis === "x" ? "vertical" : "horizontal"}
      aria-valuenow={value}
      aria-valuemin={min}
      aria-valuemax={max}
      onPointerDown={(e) => {
        e.currentTarget.setPointerCapture(e.pointerId);
        from.current = { at: at(e), value };
      }}
      onPointerMove={(e) => {
        if (from.current) set(from.current.value + sign * (at(e) - from.current.at));
      }}
      onPointerUp={() => (from.current = undefined)}
      onDblClick={() => set(usual)}
      onKeyDown={(e) => {
        const step = e.shiftKey ? 64 : 16;
        const plus = axis === "x" ? "ArrowRight" : "ArrowDown";
        const minus = axis === "x" ? "ArrowLeft" : "ArrowUp";
        if (e.key === plus) set(value + sign * step);
        else if (e.key === minus) set(value - sign * step);
        else if (e.key === "Home") set(usual);
        else return;
        e.preventDefault();
      }}
    />
  );
}
