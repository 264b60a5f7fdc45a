// /login: sign in. Beside it, what the product does and what it records.
import "./page.css";
import "../../style/code.css";
import { useState } from "preact/hooks";
import { Icon } from "../../ui/icon.tsx";
import { CodeView } from "../../ui/code.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Rung, State } from "../../ui/state.tsx";
import { lang, loadAreas, t } from "../../i18n/t.ts";
import { chooseLang } from "../../actions/shell.ts";
import { bootstrap, isStaff } from "../../state/me.ts";
import { isLocal, navigate, place } from "../../state/router.ts";
import { Connection } from "../shell/frame.tsx";
import { RecordedList } from "../shell/recorded.tsx";
import { LoginForm } from "./form.tsx";

const SAMPLE = `    if n == 1:
        return b
    for i in range(n):
        c = a + b
        a = b
        b = c
    return b`;

function Aside({ onList }: { onList: () => void }) {
  return (
    <aside class="login-side" aria-label={t("login.example")}>
      <figure class="peek">
        <figcaption class="row">
          <code class="grow">fibonacci.py</code>
          <State tone="bad" icon="fail">
            {t("login.sample_result", { passed: 4, total: 6 })}
          </State>
        </figcaption>
        <CodeView text={SAMPLE} first={9} region={[11, 11]} label="fibonacci.py" />
        <div class="peek-turn">
          <p class="row small">
            <Rung n={2} look="now" />
            <strong>{t("login.sample_tutor")}</strong>
            <span class="muted">{t("login.sample_rung")}</span>
          </p>
          <p>{t("login.sample_reply")}</p>
        </div>
      </figure>
      <div class="stack tight">
        <p>{t("login.promise")}</p>
        <p class="muted">
          {t("login.recorded")}{" "}
          <button type="button" class="linkish" onClick={onList}>
            {t("login.recorded_list")}
          </button>
        </p>
      </div>
    </aside>
  );
}

export function Page() {
  const [list, setList] = useState(false);
  const next = place.value.query.get("next") ?? "";
  const done = (): void => navigate(next && isLocal(next) ? next : isStaff.value ? "/teach" : "/home", "replace");
  const other = lang.value === "es" ? "en" : "es";
  const showList = (): void => void loadAreas(["event"]).then(() => setList(true));
  return (
    <div class="login">
      <main class="login-form" id="content">
        <span class="brand">
          <Icon name="brand" />
          AI-Native
        </span>
        <div class="login-box">
          <h1>{t("login.title")}</h1>
          <p class="muted">{bootstrap.value?.tenant}</p>
          <LoginForm done={done} />
          {bootstrap.value?.setup_needed && (
            <p class="small">
              <a href="/setup">{t("login.setup_needed")}</a>
            </p>
          )}
        </div>
        <footer class="row wrap small muted">
          <button type="button" class="linkish" lang={other} onClick={() => void chooseLang(other)}>
            {t(`shell.lang.${other}`)}
          </button>
          <button type="button" class="linkish" onClick={showList}>
            {t("login.recorded_short")}
          </button>
          <span class="end" />
          <Connection />
        </footer>
      </main>
      <Aside onList={showList} />
      {list && (
        <Dialog title={t("login.recorded_short")} onClose={() => setList(false)} size="wide">
          <RecordedList />
        </Dialog>
      )}
    </div>
  );
}
