// Tabs of the ARIA practices: one stop, arrows move and choose.
import type { ComponentChildren } from "preact";

export interface TabItem<T extends string> {
  id: T;
  label: ComponentChildren;
  count?: number | string | undefined;
}

export interface TabsProps<T extends string> {
  name: string;
  label: string;
  items: TabItem<T>[];
  value: T;
  onChange: (v: T) => void;
}

export function Tabs<T extends string>({ name, label, items, value, onChange }: TabsProps<T>) {
  const step = (by: number): void => {
    const at = items.findIndex((i) => i.id === value);
    const to = items[(at + by + items.length) % items.length];
    if (!to) return;
    onChange(to.id);
    document.getElementById(`tab-${name}-${to.id}`)?.focus();
  };
  return (
    <div
      class="tabs"
      role="tablist"
      aria-label={label}
      onKeyDown={(e) => {
        if (e.key !== "ArrowRight" && e.key !== "ArrowLeft") return;
        e.preventDefault();
        step(e.key === "ArrowRight" ? 1 : -1);
      }}
    >
      {items.map((i) => (
        <button
          key={i.id}
          id={`tab-${name}-${i.id}`}
          type="button"
          role="tab"
          aria-selected={i.id === value}
          aria-controls={i.id === value ? `panel-${name}` : undefined}
          tabIndex={i.id === value ? 0 : -1}
          onClick={() => onChange(i.id)}
        >
          {i.label}
          {i.count !== undefined && <span class="n count">{i.count}</span>}
        </button>
      ))}
    </div>
  );
}

export interface TabPanelProps {
  name: string;
  value: string;
  class?: string;
  children: ComponentChildren;
}

export function TabPanel({ name, value, class: cls, children }: TabPanelProps) {
  return (
    <div id={`panel-${name}`} role="tabpanel" aria-labelledby={`tab-${name}-${value}`} class={cls} tabIndex={0}>
      {children}
    </div>
  );
}
