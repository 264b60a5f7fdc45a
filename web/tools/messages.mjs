// Message catalogue: parse (ICU), compare languages, find unused keys, write the typed key list.
// usage: node tools/messages.mjs --write | --check
import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parse, TYPE } from "@formatjs/icu-messageformat-parser";

const ROOT = new URL("../src/", import.meta.url).pathname;
const DIR = join(ROOT, "i18n/messages");
const OUT = join(ROOT, "i18n/keys.gen.ts");
const LANGS = ["es", "en"];

/** A message without arguments stays a string; the others become a syntax tree without positions. */
export function compile(raw) {
    const out = {};
    for (const [key, text] of Object.entries(raw)) {
        const tree = parse(text, { captureLocation: false });
        out[key] = tree.every((n) => n.type === TYPE.literal) ? tree.map((n) => n.value).join("") : tree;
    }
    return out;
}

/** Argument names of a message with the TypeScript type each one takes. */
export function args(tree, into = new Map()) {
    for (const n of tree) {
        if (n.type === TYPE.argument) into.set(n.value, into.get(n.value) ?? "string | number");
        if (n.type === TYPE.number) into.set(n.value, "number");
        if (n.type === TYPE.date || n.type === TYPE.time) into.set(n.value, "Date | number");
        if (n.type === TYPE.plural || n.type === TYPE.select) {
            into.set(n.value, n.type === TYPE.plural ? "number" : "string");
            for (const o of Object.values(n.options)) args(o.value, into);
        }
    }
    return into;
}

function load(problems) {
    const all = {};
    for (const lang of LANGS) {
        all[lang] = new Map();
        for (const file of readdirSync(join(DIR, lang)).sort()) {
            const area = file.replace(/\.json$/, "");
            for (const [key, text] of Object.entries(JSON.parse(readFileSync(join(DIR, lang, file), "utf8")))) {
                if (!key.startsWith(`${area}.`)) problems.push(`${lang}/${file}: ${key} does not start with its area`);
                if (all[lang].has(key)) problems.push(`${lang}: ${key} twice`);
                try {
                    all[lang].set(key, args(parse(text)));
                } catch (e) {
                    problems.push(`${lang}: ${key}: ${e.message}`);
                }
            }
        }
    }
    return all;
}

function sources(dir) {
    return readdirSync(dir).flatMap((name) => {
        const path = join(dir, name);
        if (statSync(path).isDirectory()) return sources(path);
        return /\.tsx?$/.test(name) && !/\.(gen|test)\.tsx?$/.test(name) ? [readFileSync(path, "utf8")] : [];
    });
}

const shape = (map) =>
    [...map]
        .sort()
        .map(([k, v]) => `${k}: ${v}`)
        .join("; ");

function compare(all, problems) {
    for (const [key, es] of all.es) {
        const en = all.en.get(key);
        if (!en) problems.push(`en: ${key} missing`);
        else if (shape(en) !== shape(es)) problems.push(`en: ${key} takes {${shape(en)}}, es takes {${shape(es)}}`);
    }
    for (const key of all.en.keys()) if (!all.es.has(key)) problems.push(`es: ${key} missing`);
}

/** A key is used when it stands in the source, or a template `prefix.${...}` of its prefix does. */
function unused(all, problems) {
    const text = sources(ROOT).join("\n");
    const prefixes = [...text.matchAll(/`([a-z_]+\.[a-z_0-9.]*)\$\{/g)].map((m) => m[1]);
    for (const key of all.es.keys()) {
        if (text.includes(`"${key}"`) || prefixes.some((p) => key.startsWith(p))) continue;
        problems.push(`${key} is not used`);
    }
}

function render(all) {
    const rows = [...all.es].sort().map(([key, a]) => `  "${key}": ${a.size ? `{ ${shape(a)} }` : "null"};`);
    return `// Written by tools/messages.mjs. Do not edit.\n/** Every message key with the arguments it takes. */\nexport interface Messages {\n${rows.join("\n")}\n}\n`;
}

function main(mode) {
    const problems = [];
    const all = load(problems);
    compare(all, problems);
    unused(all, problems);
    const text = render(all);
    if (mode === "--write") writeFileSync(OUT, text);
    else if (readFileSync(OUT, "utf8") !== text) problems.push("keys.gen.ts is stale: npm run messages");
    for (const p of problems) console.error(`messages: ${p}`);
    console.log(`messages: ${all.es.size} keys, ${LANGS.length} languages, ${problems.length} problems`);
    process.exitCode = problems.length ? 1 : 0;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) main(process.argv[2] ?? "--check");
