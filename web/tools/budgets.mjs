// Compares the size of what was built with budgets.json. Sizes are those of the .br files.
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { CHUNKS } from "./vite-plugins.mjs";

const ROOT = new URL("../", import.meta.url).pathname;
const DIST = join(ROOT, "dist");
const budget = JSON.parse(readFileSync(join(ROOT, "budgets.json"), "utf8"));
const chunks = JSON.parse(readFileSync(CHUNKS, "utf8"));
const byFile = new Map(chunks.map((c) => [c.file, c]));

const kib = (file) => (existsSync(join(DIST, `${file}.br`)) ? statSync(join(DIST, `${file}.br`)).size / 1024 : 0);

/** A chunk with everything it imports statically, without `base`. */
function closure(file, base = new Set(), seen = new Set()) {
    if (seen.has(file) || base.has(file)) return seen;
    seen.add(file);
    for (const next of byFile.get(file)?.imports ?? []) closure(next, base, seen);
    return seen;
}

const rows = [];
const add = (what, size, limit) => rows.push({ what, size, limit, ok: size <= limit });
const sum = (set) => [...set].reduce((n, f) => n + kib(f), 0);

const entry = chunks.find((c) => c.entry);
const shell = closure(entry.file);
const home = chunks.find((c) => c.facade?.endsWith("/pages/home/page.tsx"));
const login = chunks.find((c) => c.facade?.endsWith("/pages/login/page.tsx"));
const first = new Set([...shell, ...[home, login].filter(Boolean).flatMap((c) => [...closure(c.file)])]);
add("shell JS (with login and home)", sum(first), budget.shell_js);
add("shell CSS", sum(new Set([...first].flatMap((f) => byFile.get(f)?.css ?? []))), budget.shell_css);

const editor = chunks.find((c) => c.facade?.endsWith("/editor/host.ts"));
const editorSet = editor ? closure(editor.file, shell) : new Set();
if (editor) add("editor with Python", sum(editorSet), budget.editor);
for (const c of chunks.filter((x) => /\/pages\/[a-z]+\/page\.tsx$/.test(x.facade ?? ""))) {
    const own = closure(c.file, new Set([...shell, ...editorSet]));
    add(`page ${/pages\/([a-z]+)\//.exec(c.facade)[1]}`, sum(own), budget.page);
}
for (const lang of ["es", "en"]) {
    const dir = readdirSync(join(DIST, "assets")).filter((f) => f.endsWith(".js"));
    const own = chunks.filter((c) => c.facade?.includes(`/messages/${lang}/`)).map((c) => c.file);
    if (dir.length) add(`messages ${lang}`, sum(new Set(own)), budget.messages_per_language);
}
for (const r of rows)
    console.log(`${r.ok ? "ok  " : "OVER"} ${r.what.padEnd(32)} ${r.size.toFixed(1).padStart(6)} of ${r.limit} KiB`);
process.exitCode = rows.every((r) => r.ok) ? 0 : 1;
