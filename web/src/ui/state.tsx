// How states look: a shape and a word, in colour; what is empty, failed, loading, or lacks data says so in words.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { problemText } from "../i18n/problem.ts";
import { t } from "../i18n/t.ts";
import type { Problem } from "../api/problem.ts";
import { Button } from "./button.tsx";
import { Icon } from "./icon.tsx";
import type { IconName } from "./icon.tsx";

export type Tone = "ok" | "warn" | "bad" | "info" | "muted";

export function State({ tone, icon, children }: { tone: Tone; icon: IconName; children: ComponentChildren }) {
  return (
    <span class={`st ${tone}`}>
      <Icon name={icon} />
      {children}
    </span>
  );
}

/** Grey bars after 150 ms, a sentence after 10 s. */
export function Skeleton({ lines = 4, what }: { lines?: number; what?: string }) {
  const [age, setAge] = useState(0);
  useEffect(() => {
    const a = setTimeout(() => setAge(1), 150);
    const b = setTimeout(() => setAge(2), 10_000);
    return () => {
      clearTimeout(a);
      clearTimeout(b);
    };
  }, []);
  return (
    <div class="skl" role="status">
      <span class="vh">{what ?? t("shell.loading")}</span>
      {age > 0 &&
        Array.from({ length: lines }, (_, i) => <span key={i} class={`sk w${[75, 90, 60, 40][i % 4] ?? 60}`} />)}
      {age > 1 && <p class="small muted">{t("shell.still_loading")}</p>}
    </div>
  );
}

export function Empty({
  title,
  children,
  act,
}: {
  title: string;
  children?: ComponentChildren;
  act?: ComponentChildren;
}) {
  return (
    <div class="empty">
      <h3>{title}</h3>
      {children && <p class="muted">{children}</p>}
      {act && <div class="row wrap">{act}</div>}
    </div>
  );
}

export function ProblemNote({ problem, retry }: { problem: Problem; retry?: () => void }) {
  return (
    <div class="problem" role="alert">
      <div class="note bad">
        <Icon name="warn" />
        <div class="grow">
          <p>{problemText(problem)}</p>
          <p class="small muted">
            {problem.request_id
              ? t("problem.ids", { code: problem.code, request: problem.request_id })
              : t("problem.code_only", { code: problem.code })}
          </p>
        </div>
      </div>
      {retry && <Button onPress={retry}>{t("shell.retry")}</Button>}
    </div>
  );
}

/** Dash, and what is missing in words. */
export function Insufficient({ has, needs }: { has: number; needs: number }) {
  return <span class="muted">{t("shell.insufficient", { needs, has })}</span>;
}

export function Rung({ n, look }: { n: number; look: "used" | "now" | "off" | "plain" }) {
  return (
    <span class={`rung ${look === "plain" ? "" : look}`} aria-hidden="true">
      {n}
    </span>
  );
}
