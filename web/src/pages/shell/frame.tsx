// Top bar and navigation around a page.
import type { ComponentChildren } from "preact";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Menu } from "../../ui/menu.tsx";
import type { MenuItem } from "../../ui/menu.tsx";
import { lang, t } from "../../i18n/t.ts";
import { clock } from "../../i18n/format.ts";
import { bootstrap, isStaff, isStudent, me } from "../../state/me.ts";
import { net, since } from "../../state/net.ts";
import { theme } from "../../state/prefs.ts";
import { place } from "../../state/router.ts";
import { dialog } from "../../state/ui.ts";
import { keyText } from "../../actions/registry.ts";
import { NAV, chooseLang, chooseTheme, signOut } from "../../actions/shell.ts";

export function Connection() {
  const n = net.value;
  const from = since.value;
  const text = n === "offline" && from ? t("shell.net.offline_since", { time: clock(from) }) : t(`shell.net.${n}`);
  return (
    <span class="conn st muted" role="status">
      <span class={n === "online" ? "ok" : n === "slow" ? "warn" : "bad"}>
        <Icon name={n === "online" ? "dot" : n === "slow" ? "clock" : "cloudOff"} />
      </span>
      <span class="word">{text}</span>
      <span class="vh">{text}</span>
    </span>
  );
}

function personItems(): MenuItem[] {
  const themes = ["system", "light", "dark", "contrast"] as const;
  return [
    { id: "me", label: t("shell.nav.me"), href: "/me" },
    { id: "keys", label: t("shell.act.keys"), onPick: () => void (dialog.value = "keys") },
    ...themes.map((x) => ({
      id: x,
      label: t(`shell.theme.${x}`),
      group: t("shell.theme.title"),
      checked: theme.value === x,
      onPick: () => void chooseTheme(x),
    })),
    ...(["es", "en"] as const).map((x) => ({
      id: x,
      label: t(`shell.lang.${x}`),
      group: t("shell.lang.title"),
      checked: lang.value === x,
      onPick: () => void chooseLang(x),
    })),
    { id: "out", label: t("shell.act.sign_out"), group: me.value?.email ?? "", onPick: () => void signOut() },
  ];
}

function Side({ nav }: { nav: string | undefined }) {
  const staff = isStaff.value;
  const student = isStudent.value;
  const items = NAV.filter((n) => (n.staff ? staff : student || n.to === "/practice"));
  return (
    <nav class="side" aria-label={t("shell.nav.main")}>
      <div class="side-in">
        {[...items]
          .sort((a, b) => (staff ? Number(b.staff) - Number(a.staff) : 0))
          .map((n) => (
            <a key={n.to} href={n.to} aria-current={nav === n.to ? "page" : undefined}>
              <Icon name={n.icon} />
              {t(n.label as "shell.nav.home")}
            </a>
          ))}
        <a href="/me" class="only-narrow" aria-current={nav === "/me" ? "page" : undefined}>
          <Icon name="person" />
          {t("shell.nav.me_short")}
        </a>
      </div>
    </nav>
  );
}

export function Frame({ children, nav }: { children: ComponentChildren; nav?: string | undefined }) {
  const u = me.value;
  void place.value;
  return (
    <div class="shell">
      <a class="skip" href="#content">
        {t("shell.skip")}
      </a>
      <header class="top">
        <a class="brand" href="/">
          <Icon name="brand" />
          AI-Native
        </a>
        <span class="muted only-wide">{bootstrap.value?.tenant === "AI-Native" ? "" : bootstrap.value?.tenant}</span>
        <span class="grow" />
        <button type="button" class="find only-wide" onClick={() => (dialog.value = "palette")}>
          <Icon name="search" />
          {t("shell.find")}
          <span class="end" />
          <kbd class="box">{keyText("Mod-K")}</kbd>
        </button>
        <Button
          class="only-narrow"
          kind="quiet"
          icon="search"
          label={t("shell.find")}
          onPress={() => (dialog.value = "palette")}
        />
        <Connection />
        <Menu
          class="person"
          label={<span class="person-name">{u?.name}</span>}
          name={t("shell.person_menu", { name: u?.name ?? "" })}
          items={personItems()}
        />
      </header>
      <Side nav={nav} />
      <main class="main" id="content" tabIndex={-1}>
        {bootstrap.value?.demo && <p class="vh">{t("shell.demo")}</p>}
        {children}
      </main>
    </div>
  );
}
