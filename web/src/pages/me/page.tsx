// /me: name, language, theme.
import { useState } from "preact/hooks";
import { Button } from "../../ui/button.tsx";
import { Field, Select } from "../../ui/field.tsx";
import { ProblemNote } from "../../ui/state.tsx";
import { lang, t } from "../../i18n/t.ts";
import type { Lang } from "../../i18n/t.ts";
import { LIMITS } from "../../api/shapes.ts";
import type { Theme } from "../../api/shapes.ts";
import type { Problem } from "../../api/problem.ts";
import { chooseLang, chooseTheme, signOut } from "../../actions/shell.ts";
import { toast } from "../../state/announce.ts";
import { bootstrap, me, saveMe } from "../../state/me.ts";
import { theme } from "../../state/prefs.ts";
import { letterKeys } from "../../state/ui.ts";

function NameForm() {
  const [name, setName] = useState(me.value?.name ?? "");
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const save = async (): Promise<void> => {
    const r = await saveMe({ name: name.trim() });
    setProblem(r.ok ? undefined : r.problem);
    if (r.ok) toast(t("me.saved"));
  };
  const same = name.trim() === me.value?.name || name.trim() === "";
  return (
    <form
      class="stack"
      onSubmit={(e) => {
        e.preventDefault();
        void save();
      }}
    >
      {problem && <ProblemNote problem={problem} />}
      <Field
        label={t("me.name")}
        help={t("me.name_help")}
        input={{
          value: name,
          autocomplete: "name",
          maxLength: LIMITS.user_name,
          onInput: (e) => setName(e.currentTarget.value),
        }}
      />
      <div>
        <Button type="submit" off={same ? t("me.no_change") : undefined}>
          {t("me.save")}
        </Button>
      </div>
    </form>
  );
}

export function Page() {
  const u = me.value;
  const themes: Theme[] = ["system", "light", "dark", "contrast"];
  return (
    <>
      <div class="page-head">
        <div>
          <h1>{t("shell.nav.me")}</h1>
          <p>{u?.email}</p>
        </div>
      </div>
      <div class="stack me">
        <NameForm />
        <Select
          label={t("shell.lang.title")}
          value={lang.value}
          onChange={(v) => void chooseLang(v as Lang)}
          options={(["es", "en"] as const).map((v) => ({ value: v, label: t(`shell.lang.${v}`) }))}
        />
        <Select
          label={t("shell.theme.title")}
          value={theme.value}
          onChange={(v) => void chooseTheme(v as Theme)}
          options={themes.map((v) => ({ value: v, label: t(`shell.theme.${v}`) }))}
        />
        <label class="check">
          <input
            type="checkbox"
            checked={letterKeys.value}
            onChange={(e) => (letterKeys.value = e.currentTarget.checked)}
          />
          <span>
            {t("me.letter_keys")}
            <span class="sub">{t("me.letter_keys_help")}</span>
          </span>
        </label>
        {u && u.courses.length > 0 && (
          <section class="stack tight">
            <h2>{t("me.courses")}</h2>
            <ul class="stack tight">
              {u.courses.map((c) => (
                <li key={c.id}>
                  {c.name} <span class="muted">{c.term}</span>
                </li>
              ))}
            </ul>
          </section>
        )}
        <div>
          <Button onPress={() => void signOut()}>{t("shell.act.sign_out")}</Button>
        </div>
        <p class="small muted">{t("me.version", { version: bootstrap.value?.version ?? "" })}</p>
      </div>
    </>
  );
}
