// Whole-page states: nothing here, something broke, no server.
import { Button } from "../../ui/button.tsx";
import { ProblemNote } from "../../ui/state.tsx";
import { Icon } from "../../ui/icon.tsx";
import { t } from "../../i18n/t.ts";
import type { Problem } from "../../api/problem.ts";

export function MissingPage() {
  return (
    <div class="stack">
      <h1>{t("shell.missing.title")}</h1>
      <p class="muted">{t("shell.missing.text")}</p>
      <p>
        <a class="btn" href="/">
          {t("shell.missing.back")}
        </a>
      </p>
    </div>
  );
}

export function CrashPage() {
  return (
    <div class="stack main" role="alert">
      <h1>{t("shell.crash.title")}</h1>
      <p class="muted">{t("shell.crash.text")}</p>
      <p class="row wrap">
        <Button kind="primary" onPress={() => location.reload()}>
          {t("shell.crash.reload")}
        </Button>
        <a class="btn" href="/">
          {t("shell.missing.back")}
        </a>
      </p>
    </div>
  );
}

export function OfflinePage({ problem, retry }: { problem: Problem; retry: () => void }) {
  return (
    <main class="main stack">
      <p class="brand">
        <Icon name="brand" />
        AI-Native
      </p>
      <h1>{t("shell.offline.title")}</h1>
      <p class="muted">{t("shell.offline.text")}</p>
      <ProblemNote problem={problem} retry={retry} />
    </main>
  );
}
