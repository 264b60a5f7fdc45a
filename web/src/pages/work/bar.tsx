// Top bar of the workspace: where, whether it is saved, what can be done with the session.
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Menu } from "../../ui/menu.tsx";
import { t } from "../../i18n/t.ts";
import { clock } from "../../i18n/format.ts";
import { dispatch, keyText, reasonAgainst } from "../../actions/registry.ts";
import { chooseTheme } from "../../actions/shell.ts";
import { runTests, workActions } from "../../actions/work.ts";
import { resolved, theme } from "../../state/prefs.ts";
import type { Work } from "../../state/work.ts";
import { workDialog } from "../../state/workview.ts";
import { Connection } from "../shell/frame.tsx";

function Saved({ work }: { work: Work }) {
  const s = work.saved.value;
  const time = s.at ? clock(s.at) : "";
  const text =
    s.kind === "unrecorded"
      ? t("work.saved.unrecorded")
      : s.kind === "device"
        ? t("work.saved.device", { waiting: s.waiting })
        : s.kind === "server"
          ? t("work.saved.server", { waiting: s.waiting })
          : s.kind === "saving"
            ? t("work.saved.saving")
            : t("work.saved.saved", { time });
  const tone = s.kind === "saved" ? "ok" : s.kind === "saving" ? "muted" : "warn";
  return (
    <span class="small muted saved" role="status">
      <span class="st">
        <span class={tone}>
          <Icon name={s.kind === "saved" ? "check" : s.kind === "saving" ? "clock" : "cloudOff"} />
        </span>
        {text}
      </span>
    </span>
  );
}

const MENU = ["work.recorded", "work.rules", "work.stuck", "work.reflect", "work.finish"];

function More() {
  const items = workActions
    .filter((a) => MENU.includes(a.id))
    .map((a) => ({ id: a.id, label: t(a.label as "work.act.run"), onPick: () => void dispatch(a) }));
  const dark = resolved(theme.value) !== "light";
  const last = {
    id: "theme",
    label: t(dark ? "shell.theme.light" : "shell.theme.dark"),
    group: t("shell.theme.title"),
    onPick: () => void chooseTheme(dark ? "light" : "dark"),
  };
  return <Menu class="ws-more" label={<Icon name="menu" />} name={t("work.menu")} items={[...items, last]} />;
}

export function Bar({ work }: { work: Work }) {
  const s = work.session.data;
  const dark = resolved(theme.value) !== "light";
  const open = (kind: "rules" | "recorded" | "finish" | "stuck"): void => void (workDialog.value = { kind });
  return (
    <header class="ws-top">
      <a class="btn quiet icon-only" href="/practice" aria-label={t("work.back")} title={t("work.back")}>
        <Icon name="back" />
      </a>
      <div class="ws-title">
        <h1>{s?.exercise.title ?? t("shell.loading")}</h1>
        <Saved work={work} />
      </div>
      <span class="grow" />
      <Button kind="quiet" class="only-w" onPress={() => open("rules")}>
        {t("work.act.rules")}
      </Button>
      <Button kind="quiet" class="only-w" onPress={() => open("recorded")}>
        {t("work.act.recorded")}
      </Button>
      <Button kind="quiet" class="only-xw" onPress={() => open("stuck")}>
        {t("work.act.stuck")}
      </Button>
      <span class="only-xw">
        <Connection />
      </span>
      <Button kind="quiet" class="only-xw" onPress={() => void chooseTheme(dark ? "light" : "dark")}>
        {t("shell.theme.title")}
      </Button>
      <More />
      <Button class="only-w" onPress={() => open("finish")}>
        {t("work.act.finish")}
      </Button>
      <Button
        class="only-n"
        kind="primary"
        icon="play"
        off={reasonAgainst(runTests)}
        onPress={() => void dispatch(runTests)}
        keys={keyText("Mod-Enter")}
      >
        {t("work.act.run")}
      </Button>
    </header>
  );
}
