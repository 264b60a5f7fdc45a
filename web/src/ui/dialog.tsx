// A modal dialog on the native element: focus stays inside, Esc closes, focus returns to where it was.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { t } from "../i18n/t.ts";
import { Button } from "./button.tsx";

export interface DialogProps {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  foot?: ComponentChildren;
  size?: "small" | "wide" | "side";
}

const FIELDS = "input:not([readonly], [type='hidden']), textarea:not([readonly]), select";

/** Where a dialog begins: what it names, else its first field, else its title. Never the button that closes it. */
function firstIn(el: HTMLDialogElement): HTMLElement {
  const named = el.querySelector<HTMLElement>("[data-first], [autofocus]");
  return named ?? el.querySelector<HTMLElement>(`.dialog-body :is(${FIELDS})`) ?? el.querySelector("h2") ?? el;
}

export function Dialog({ title, onClose, children, foot, size }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const el = ref.current;
    const before = document.activeElement;
    if (el && !el.open) {
      el.showModal();
      firstIn(el).focus({ preventScroll: true });
    }
    return () => {
      if (el?.open) el.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      class={`dialog ${size ?? ""}`}
      aria-labelledby={id}
      onCancel={(e) => {
        e.preventDefault();
        onClose();
      }}
      onClick={(e) => {
        if (e.target === ref.current) onClose();
      }}
    >
      <div class="dialog-in">
        <header class="row">
          <h2 id={id} class="grow" tabIndex={-1}>
            {title}
          </h2>
          <Button kind="quiet" icon="close" label={t("shell.close")} onPress={onClose} />
        </header>
        <div class="dialog-body">{children}</div>
        {foot && <footer class="row wrap">{foot}</footer>}
      </div>
    </dialog>
  );
}
