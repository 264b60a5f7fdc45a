// E-mail and password. Same text for an unknown address and a wrong password.
import { useState } from "preact/hooks";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { Icon } from "../../ui/icon.tsx";
import { problemText } from "../../i18n/problem.ts";
import { t } from "../../i18n/t.ts";
import { LIMITS } from "../../api/shapes.ts";
import type { Problem } from "../../api/problem.ts";
import { login, me } from "../../state/me.ts";

export function LoginForm({ email: fixed, done }: { email?: string; done: () => void }) {
  const [email, setEmail] = useState(fixed ?? "");
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const submit = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setProblem(undefined);
    const r = await login(email.trim(), password);
    setBusy(false);
    if (r.ok) return done();
    setProblem(r.problem);
    setPassword("");
    document.getElementById("login-problem")?.focus();
  };
  return (
    <form
      class="stack"
      onSubmit={(e) => {
        e.preventDefault();
        void submit();
      }}
    >
      <div id="login-problem" tabIndex={-1} role="alert">
        {problem && (
          <div class="note bad">
            <Icon name="warn" />
            <p>{problemText(problem)}</p>
          </div>
        )}
      </div>
      <Field
        big
        label={t("login.email")}
        input={{
          type: "email",
          name: "email",
          autocomplete: "username",
          required: true,
          maxLength: LIMITS.user_email,
          value: email,
          ...(fixed ? { readOnly: true } : {}),
          onInput: (e) => setEmail(e.currentTarget.value),
        }}
      />
      <Field
        big
        label={t("login.password")}
        input={{
          type: "password",
          name: "password",
          autocomplete: "current-password",
          required: true,
          ...(fixed ? { "data-first": true } : {}),
          maxLength: LIMITS.user_password,
          value: password,
          onInput: (e) => setPassword(e.currentTarget.value),
        }}
      />
      <Button kind="primary" size="big" wide type="submit" busy={busy || me.value === undefined}>
        {busy ? t("login.busy") : t("login.enter")}
      </Button>
    </form>
  );
}
