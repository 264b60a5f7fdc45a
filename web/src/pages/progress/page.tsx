import { t } from "../../i18n/t.ts";

export function Page() {
  return <h1>{t("shell.nav.home")}</h1>;
}
