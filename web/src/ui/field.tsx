// Label, control, help and error, tied together for readers.
import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";

export interface FieldProps {
  label: string;
  error?: string | undefined;
  help?: string;
  big?: boolean;
  side?: ComponentChildren;
  input: JSX.HTMLAttributes<HTMLInputElement> & {
    type?: string;
    value?: string;
    maxLength?: number;
    required?: boolean;
    autocomplete?: string;
    name?: string;
  };
}

export function Field({ label, error, help, big, side, input }: FieldProps) {
  const id = useId();
  const notes = [error ? `${id}e` : "", help ? `${id}h` : ""].filter(Boolean).join(" ");
  return (
    <div class="field">
      <div class="row">
        <label class="label grow" for={id}>
          {label}
        </label>
        {side}
      </div>
      <input
        {...input}
        id={id}
        class={`input ${big ? "big" : ""} ${error ? "invalid" : ""}`}
        aria-invalid={error ? "true" : undefined}
        aria-describedby={notes || undefined}
      />
      {help && (
        <p id={`${id}h`} class="small muted">
          {help}
        </p>
      )}
      {error && (
        <p id={`${id}e`} class="small bad">
          {error}
        </p>
      )}
    </div>
  );
}

export interface AreaProps {
  label: string;
  value: string;
  onInput: (v: string) => void;
  rows?: number;
  max?: number;
  help?: string;
  placeholder?: string;
  hideLabel?: boolean;
  code?: boolean;
  id?: string;
}

export function TextArea({
  label,
  value,
  onInput,
  rows = 3,
  max,
  help,
  placeholder,
  hideLabel,
  code,
  id: given,
}: AreaProps) {
  const own = useId();
  const id = given ?? own;
  return (
    <div class="field">
      <label class={hideLabel ? "vh" : "label"} for={id}>
        {label}
      </label>
      <textarea
        id={id}
        class={`input area ${code ? "mono" : ""}`}
        rows={rows}
        maxLength={max}
        value={value}
        placeholder={placeholder}
        aria-describedby={help ? `${id}h` : undefined}
        onInput={(e) => onInput(e.currentTarget.value)}
      />
      {help && (
        <p id={`${id}h`} class="small muted">
          {help}
        </p>
      )}
    </div>
  );
}

export interface SelectProps {
  label: string;
  value: string;
  options: { value: string; label: string }[];
  onChange: (v: string) => void;
  hideLabel?: boolean;
}

export function Select({ label, value, options, onChange, hideLabel }: SelectProps) {
  const id = useId();
  return (
    <span class={hideLabel ? "select-host" : "select-host field"}>
      <label class={hideLabel ? "vh" : "label"} for={id}>
        {label}
      </label>
      <select id={id} class="select" value={value} onChange={(e) => onChange(e.currentTarget.value)}>
        {options.map((o) => (
          <option key={o.value} value={o.value}>
            {o.label}
          </option>
        ))}
      </select>
    </span>
  );
}
