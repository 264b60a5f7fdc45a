// Buttons. A button that cannot act stays focusable and says why.
import type { ComponentChildren, Ref } from "preact";
import { Icon } from "./icon.tsx";
import type { IconName } from "./icon.tsx";

/** Set by the app: says why a button that was pressed does nothing. A finger sees no tooltip. */
export const refused = { tell: (_why: string): void => undefined };

export interface ButtonProps {
  children?: ComponentChildren;
  onPress?: () => void;
  kind?: "primary" | "quiet" | "plain";
  size?: "big";
  icon?: IconName;
  /** The icon alone; then `label` names it. */
  label?: string;
  keys?: string;
  /** Why it cannot act now. */
  off?: string | undefined;
  wide?: boolean;
  type?: "button" | "submit";
  class?: string;
  id?: string;
  expanded?: boolean;
  pressed?: boolean;
  controls?: string;
  popup?: "menu" | "dialog";
  busy?: boolean;
  /** The focus of a dialog begins here. */
  first?: boolean;
  innerRef?: Ref<HTMLButtonElement>;
}

function classOf(p: ButtonProps): string {
  const parts = ["btn", p.kind, p.size, p.wide ? "wide" : undefined, p.class];
  if (p.icon && p.children === undefined) parts.push("icon-only");
  return parts.filter(Boolean).join(" ");
}

export function Button(p: ButtonProps) {
  return (
    <button
      ref={p.innerRef ?? null}
      id={p.id}
      type={p.type ?? "button"}
      class={classOf(p)}
      aria-label={p.children === undefined ? p.label : undefined}
      aria-description={p.off}
      title={p.off ?? p.label}
      aria-disabled={p.off !== undefined || p.busy ? "true" : undefined}
      aria-busy={p.busy ? "true" : undefined}
      aria-expanded={p.expanded}
      aria-pressed={p.pressed}
      aria-controls={p.controls}
      aria-haspopup={p.popup}
      data-first={p.first ? "" : undefined}
      onClick={(e) => {
        if (p.off === undefined && !p.busy) return p.onPress?.();
        e.preventDefault();
        if (p.off !== undefined) refused.tell(p.off);
      }}
    >
      {p.icon && <Icon name={p.icon} />}
      {p.children}
      {p.keys && <kbd aria-hidden="true">{p.keys}</kbd>}
    </button>
  );
}
