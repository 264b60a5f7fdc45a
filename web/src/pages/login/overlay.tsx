// The login ended while a page was open: said at the foot of the page, and signed in again over it. The page stays.
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Icon } from "../../ui/icon.tsx";
import { loadAreas, t } from "../../i18n/t.ts";
import { loginAsked, me } from "../../state/me.ts";
import { useEffect } from "preact/hooks";
import { LoginForm } from "./form.tsx";

export function LoginLost() {
  useEffect(() => void loadAreas(["login"]), []);
  return loginAsked.value ? <LoginOverlay /> : <LoginNote />;
}

/** Stays until somebody signs in, and takes no key press from who is writing. */
function LoginNote() {
  return (
    <div class="toasts lost">
      <div class="note warn" role="alert">
        <Icon name="lock" />
        <p class="grow">{t("shell.login_lost")}</p>
        <Button onPress={() => (loginAsked.value = true)}>{t("shell.login_again")}</Button>
      </div>
    </div>
  );
}

function LoginOverlay() {
  const close = (): void => void (loginAsked.value = false);
  return (
    <Dialog title={t("login.again")} onClose={close} size="small">
      <p class="muted">{t("login.again_text")}</p>
      <LoginForm email={me.value?.email ?? ""} done={close} />
    </Dialog>
  );
}
