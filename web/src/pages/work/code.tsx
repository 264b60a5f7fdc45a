// The editor panel: files as tabs, run and submit, keys for phones.
import { useEffect, useRef, useState } from "preact/hooks";
import { useSignal, useSignalEffect } from "@preact/signals";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Skeleton } from "../../ui/state.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import { t } from "../../i18n/t.ts";
import { dispatch, keyText, reasonAgainst } from "../../actions/registry.ts";
import { runTests, submit } from "../../actions/work.ts";
import { nowUs } from "../../state/clock.ts";
import type { Work } from "../../state/work.ts";
import type { EditorHost } from "../../editor/host.ts";
import type { LineError } from "../../editor/marks.ts";

function replies(work: Work): string[] {
  return work.turns.items.peek().flatMap((x) => (x.reply ? [x.reply] : []));
}

async function mount(work: Work, box: HTMLElement, onOpen: (path: string) => void): Promise<EditorHost> {
  const { EditorHost: Host } = await import("../../editor/host.ts");
  const start = work.start.peek() ?? [];
  const fixed = new Set((work.data()?.files ?? []).filter((f) => f.read_only).map((f) => f.path));
  const host = new Host(box, {
    files: start.map((f) => ({ ...f, readOnly: fixed.has(f.path) })),
    open: work.data()?.entry ?? start[0]?.path ?? "",
    readOnly: work.readOnly.peek() !== undefined,
    label: (path) => t("work.editor.label", { file: path }),
    hint: t("work.editor.hint"),
    pasteOrigin: (text) => work.capture?.pasteOrigin(text, replies(work)) ?? "pasted_external",
    onCopy: (text) => void work.capture?.copied("editor", text),
    onEdit: (e) => {
      work.capture?.edit({ ...e, at: nowUs() });
      work.edits.value++;
      work.draft?.changed();
    },
  });
  work.editor = {
    texts: () => host.texts(),
    openPath: () => host.openPath(),
    open: (p) => {
      host.open(p);
      onOpen(p);
    },
    replaceAll: (files) => host.replaceAll(files, "pasted_internal"),
    goTo: (line, path) => {
      host.goTo(line, path);
      if (path) onOpen(path);
    },
    focus: () => host.focus(),
    insert: (s) => host.insert(s),
    undo: () => host.undo(),
    nextDiagnostic: (step) => host.nextError(step),
  };
  return host;
}

/** What the list of results shows at a line, and where the last reply points. */
function marksFor(work: Work, path: string, entry: string) {
  const shown = work.runs.submission.value ?? work.runs.last.value;
  const errors: LineError[] = (shown?.diagnostics ?? [])
    .filter((d) => d.line !== undefined && (d.file ?? entry) === path)
    .map((d) => ({
      line: d.line ?? 1,
      message: d.message,
      raw: d.raw,
      ...(d.column === undefined ? {} : { column: d.column }),
      ...(d.end_column === undefined ? {} : { endColumn: d.end_column }),
    }));
  const last = work.turns.items.value.at(-1);
  const c = last?.citations.find((x) => x.path === path);
  return {
    errors,
    region: c && last?.rung !== undefined ? { from: c.line, to: c.line_end, rung: last.rung } : undefined,
  };
}

const KEYS = ["(", ")", "[", "]", "{", "}", ":", "=", '"', "'"];

function KeyRow({ work }: { work: Work }) {
  return (
    <div class="keys only-n" role="toolbar" aria-label={t("work.editor.keys")}>
      {KEYS.map((k) => (
        <button key={k} type="button" onClick={() => work.editor?.insert(k)}>
          {k}
        </button>
      ))}
      <button type="button" onClick={() => work.editor?.insert("    ")}>
        {t("work.editor.tab")}
      </button>
      <button
        type="button"
        aria-label={t("work.editor.undo")}
        title={t("work.editor.undo")}
        onClick={() => work.editor?.undo()}
      >
        <Icon name="undo" />
      </button>
    </div>
  );
}

export function CodePanel({ work }: { work: Work }) {
  const box = useRef<HTMLDivElement>(null);
  const host = useRef<EditorHost | undefined>(undefined);
  const files = work.start.value;
  const [open, setOpen] = useState("");
  const ready = useSignal(false);
  const ex = work.data();
  useEffect(() => {
    const el = box.current;
    if (!files || !ex || !el || host.current) return;
    let live = true;
    void mount(work, el, setOpen).then((h) => {
      if (!live) return h.destroy();
      host.current = h;
      setOpen(h.openPath());
      ready.value = true;
      if (matchMedia("(min-width: 640px)").matches) h.focus();
    });
    return () => {
      live = false;
    };
  }, [files, ex]);
  useEffect(() => () => host.current?.destroy(), []);
  useSignalEffect(() => {
    const off = work.readOnly.value !== undefined;
    if (ready.value) host.current?.setReadOnly(off);
  });
  useSignalEffect(() => {
    const entry = work.data()?.entry ?? "";
    for (const f of work.start.value ?? []) {
      const m = marksFor(work, f.path, entry);
      if (ready.value) host.current?.setMarks(f.path, m);
    }
  });
  return (
    <section class="panel p-code" id="p-code" data-panel="code" aria-label={t("work.act.code")}>
      <div class="panel-head">
        <Tabs
          name="files"
          label={t("work.editor.files")}
          value={open}
          onChange={(p) => work.editor?.open(p)}
          items={(files ?? []).map((f) => ({ id: f.path, label: <code>{f.path}</code> }))}
        />
        <span class="grow" />
        <Button class="run" off={reasonAgainst(submit)} onPress={() => void dispatch(submit)}>
          {t("work.act.submit")}
        </Button>
        <Button
          class="run"
          kind="primary"
          icon="play"
          keys={keyText("Mod-Enter")}
          off={reasonAgainst(runTests)}
          onPress={() => void dispatch(runTests)}
        >
          {t("work.act.run")}
        </Button>
      </div>
      {!ready.value && (
        <div class="panel-body">
          <Skeleton lines={8} what={t("work.editor.loading")} />
        </div>
      )}
      <div
        ref={box}
        class="editor"
        id="panel-files"
        role="tabpanel"
        aria-labelledby={`tab-files-${open}`}
        hidden={!ready.value}
      />
      <KeyRow work={work} />
    </section>
  );
}
