// Imports point one way: pages -> actions -> state -> api (web.md 2). A page imports no page, a state file no component.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, resolve, dirname } from "node:path";

const root = resolve(import.meta.dirname, "../src");
const may = {
    api: ["api", "i18n"],
    state: ["state", "api", "i18n", "replay"],
    actions: ["actions", "state", "api", "i18n", "ui"],
    ui: ["ui", "i18n", "api", "style"],
    i18n: ["i18n"],
    style: ["style"],
    replay: ["replay", "api", "i18n"],
    editor: ["editor", "ui", "i18n", "state", "style", "api"],
};

function* files(folder) {
    for (const name of readdirSync(folder)) {
        const path = join(folder, name);
        if (statSync(path).isDirectory()) yield* files(path);
        else if (/\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name)) yield path;
    }
}

const wrong = [];
let count = 0;
for (const path of files(root)) {
    count += 1;
    const from = relative(root, path).split("/");
    for (const [, target] of readFileSync(path, "utf8").matchAll(/from\s+"(\.[^"]+)"/g)) {
        const to = relative(root, resolve(dirname(path), target)).split("/");
        const where = `${relative(root, path)} imports ${to.join("/")}`;
        const allowed = may[from[0]];
        if (from.length > 1 && allowed && to.length > 1 && !allowed.includes(to[0])) wrong.push(where);
        if (from[0] === "pages" && to[0] === "pages" && from[1] !== to[1] && to[1] !== "shell") wrong.push(where);
    }
}
for (const line of wrong) console.error(line);
console.log(`web layers: ${count} files, ${wrong.length} wrong`);
process.exitCode = wrong.length ? 1 : 0;
