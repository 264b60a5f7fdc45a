// A button that opens a menu: arrows move, Esc closes, focus returns.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Icon } from "./icon.tsx";

export interface MenuItem {
  id: string;
  label: string;
  /** Makes it a choice among several. */
  checked?: boolean;
  href?: string;
  onPick?: () => void;
  group?: string;
}

function move(list: HTMLElement, key: string): void {
  const all = [...list.querySelectorAll<HTMLElement>("[role^=menuitem]")];
  const at = all.indexOf(document.activeElement as HTMLElement);
  const to = key === "Home" ? 0 : key === "End" ? all.length - 1 : at + (key === "ArrowUp" ? -1 : 1);
  all[(to + all.length) % all.length]?.focus();
}

export interface MenuProps {
  label: ComponentChildren;
  name?: string;
  items: MenuItem[];
  class?: string;
}

export function Menu({ label, name, items, class: cls }: MenuProps) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  useEffect(() => {
    if (!open) return;
    box.current?.querySelector<HTMLElement>("[role^=menuitem]")?.focus();
    const away = (e: Event): void => {
      if (!box.current?.contains(e.target as Node) && !button.current?.contains(e.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", away);
    return () => document.removeEventListener("pointerdown", away);
  }, [open]);
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <div class={`menu-host ${cls ?? ""}`}>
      <button
        ref={button}
        type="button"
        class="course"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        aria-label={name}
        onClick={() => setOpen(!open)}
        onKeyDown={(e) => {
          if (e.key === "ArrowDown") setOpen(true);
        }}
      >
        {label}
        <Icon name="down" />
      </button>
      {open && (
        <div
          ref={box}
          id={id}
          class="menu"
          role="menu"
          onKeyDown={(e) => {
            if (e.key === "Escape" || e.key === "Tab") close();
            if (["ArrowDown", "ArrowUp", "Home", "End"].includes(e.key)) {
              e.preventDefault();
              if (box.current) move(box.current, e.key);
            }
          }}
        >
          {items.map((m, i) => (
            <Item key={m.id} item={m} first={m.group !== undefined && items[i - 1]?.group !== m.group} close={close} />
          ))}
        </div>
      )}
    </div>
  );
}

function Item({ item, first, close }: { item: MenuItem; first: boolean; close: () => void }) {
  const role = item.checked === undefined ? "menuitem" : "menuitemradio";
  const body = (
    <>
      <span class="tick">{item.checked && <Icon name="check" />}</span>
      {item.label}
    </>
  );
  return (
    <>
      {first && (
        <p class="menu-group small muted" role="presentation">
          {item.group}
        </p>
      )}
      {item.href ? (
        <a role={role} tabIndex={-1} href={item.href} onClick={close}>
          {body}
        </a>
      ) : (
        <button
          type="button"
          role={role}
          tabIndex={-1}
          aria-checked={item.checked}
          onClick={() => {
            close();
            item.onPick?.();
          }}
        >
          {body}
        </button>
      )}
    </>
  );
}
