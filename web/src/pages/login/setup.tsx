// /setup: the first administrator, with the one-time token the server printed.
import "./page.css";
import { useState } from "preact/hooks";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { Icon } from "../../ui/icon.tsx";
import { ProblemNote } from "../../ui/state.tsx";
import { t } from "../../i18n/t.ts";
import { LIMITS } from "../../api/shapes.ts";
import type { Problem } from "../../api/problem.ts";
import { bootstrap, claim } from "../../state/me.ts";
import { navigate, place } from "../../state/router.ts";
import { toast } from "../../state/announce.ts";
import { MissingPage } from "../shell/states.tsx";

export function Page() {
  const [v, setV] = useState({ token: place.value.query.get("token") ?? "", name: "", email: "", password: "" });
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  if (!bootstrap.value?.setup_needed) return <MissingPage />;
  const submit = async (): Promise<void> => {
    const r = await claim(v);
    if (!r.ok) return setProblem(r.problem);
    if (bootstrap.value) bootstrap.value = { ...bootstrap.value, setup_needed: false };
    toast(t("login.setup_done"));
    navigate("/login", "replace");
  };
  const row = (k: keyof typeof v, type: string, autocomplete: string, maxLength: number) => ({
    type,
    autocomplete,
    maxLength,
    required: true,
    value: v[k],
    onInput: (e: { currentTarget: HTMLInputElement }) => setV({ ...v, [k]: e.currentTarget.value }),
  });
  return (
    <div class="login one">
      <main class="login-form" id="content">
        <span class="brand">
          <Icon name="brand" />
          AI-Native
        </span>
        <div class="login-box">
          <h1>{t("login.setup_title")}</h1>
          <p class="muted">{t("login.setup_text")}</p>
          {problem && <ProblemNote problem={problem} />}
          <form
            class="stack"
            onSubmit={(e) => {
              e.preventDefault();
              void submit();
            }}
          >
            <Field label={t("login.setup_token")} input={row("token", "text", "off", 200)} />
            <Field label={t("login.name")} input={row("name", "text", "name", LIMITS.user_name)} />
            <Field label={t("login.email")} input={row("email", "email", "username", LIMITS.user_email)} />
            <Field
              label={t("login.password")}
              help={t("login.password_help")}
              input={row("password", "password", "new-password", LIMITS.user_password)}
            />
            <Button kind="primary" size="big" wide type="submit">
              {t("login.setup_create")}
            </Button>
          </form>
        </div>
      </main>
    </div>
  );
}
