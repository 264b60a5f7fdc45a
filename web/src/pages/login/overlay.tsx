// The login ended while a page was open: sign in again over it. What is on the page stays.
import { Dialog } from "../../ui/dialog.tsx";
import { loadAreas, t } from "../../i18n/t.ts";
import { loginLost, me } from "../../state/me.ts";
import { useEffect } from "preact/hooks";
import { LoginForm } from "./form.tsx";

export function LoginOverlay() {
  useEffect(() => void loadAreas(["login"]), []);
  const close = (): void => void (loginLost.value = false);
  return (
    <Dialog title={t("login.again")} onClose={close} size="small">
      <p class="muted">{t("login.again_text")}</p>
      <LoginForm email={me.value?.email ?? ""} done={close} />
    </Dialog>
  );
}
