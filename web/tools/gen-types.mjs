// The server's OpenAPI -> src/api/types.gen.ts and routes.gen.ts.
// usage: ainative openapi > openapi.json && node tools/gen-types.mjs openapi.json [--check]
import { readFileSync, writeFileSync } from "node:fs";

const OUT = new URL("../src/api/", import.meta.url).pathname;
const HEAD = "// Written by tools/gen-types.mjs from the server's OpenAPI. Do not edit.\n";
const BASE = "/api/v1";

/** Fields the contract calls JSON, with the shape that evidence.md A.2 and the prose tree give them. */
const JSON_FIELDS = {
    "Exercise.statement": "ProseNode[]",
    "Turn.reply_prose": "ProseNode[]",
    "TraceEvent.payload": "Record<string, unknown>",
    "TraceEvent.text": "Record<string, unknown>",
    "BrowserEvent.payload": "Record<string, unknown>",
    "BrowserEvent.text": "Record<string, unknown>",
    "Progress.hints_by_rung": "number[]",
};

/** Answers whose shape a document fixes and the contract does not name (evidence.md B.5). */
const JSON_ANSWERS = { "GET /sessions/{id}/trace/verification": "T.Verification" };

const PROSE = `/** One node of rendered Markdown. */
export interface ProseNode {
  t: string;
  s?: string;
  c?: ProseNode[];
  href?: string;
  src?: string;
  alt?: string;
  info?: string;
  start?: number;
  align?: string;
}
`;

const VERIFICATION = `/** The report of a chain (evidence.md B.5). */
export interface Verification {
  result: "ok" | "broken" | "incomplete";
  session: string;
  events: number;
  erased: number;
  gaps: number;
  checkpoints_ok: number;
  anchored?: string;
  last_checkpoint_seq: number;
  unanchored_tail: number;
  first_broken?: { seq: number; id?: string; reason: string; expected?: string; found?: string };
  warnings: string[];
}
`;

const refName = (ref) => ref.slice(ref.lastIndexOf("/") + 1);

function typeOf(s, where, prefix = "") {
    if (JSON_FIELDS[where]) return JSON_FIELDS[where];
    if (s.$ref) return prefix + refName(s.$ref);
    if (s.const !== undefined) return JSON.stringify(s.const);
    if (s.enum) return s.enum.map((v) => JSON.stringify(v)).join(" | ");
    if (s.oneOf ?? s.anyOf) return (s.oneOf ?? s.anyOf).map((x) => typeOf(x, where, prefix)).join(" | ");
    if (s.type === "array") {
        const item = typeOf(s.items ?? {}, `${where}[]`, prefix);
        return /[ |]/.test(item) ? `(${item})[]` : `${item}[]`;
    }
    if (s.type === "object" && s.properties) return objectOf(s, where, prefix);
    if (s.type === "object") return "Record<string, unknown>";
    if (s.type === "integer" || s.type === "number") return "number";
    if (s.type === "string") return "string";
    if (s.type === "boolean") return "boolean";
    return "unknown";
}

function objectOf(s, where, prefix) {
    const must = new Set(s.required ?? []);
    const rows = Object.entries(s.properties).map(
        ([k, v]) => `${k}${must.has(k) ? "" : "?"}: ${typeOf(v, `${where}.${k}`, prefix)}`,
    );
    return rows.length ? `{ ${rows.join("; ")} }` : "Record<string, never>";
}

function shapes(schemas) {
    return Object.entries(schemas)
        .sort(([a], [b]) => a.localeCompare(b))
        .map(([name, s]) => {
            if (!s.properties) return `export type ${name} = ${typeOf(s, name)};\n`;
            const must = new Set(s.required ?? []);
            const rows = Object.entries(s.properties).map(
                ([k, v]) => `  ${k}${must.has(k) ? "" : "?"}: ${typeOf(v, `${name}.${k}`)};\n`,
            );
            return `export interface ${name} {\n${rows.join("")}}\n`;
        })
        .join("\n");
}

/** Longest text, longest list, least and most of each field that has a limit: LIMITS["TurnStart.text"].max. */
function limits(schemas) {
    const rows = [];
    for (const [name, s] of Object.entries(schemas).sort(([a], [b]) => a.localeCompare(b)))
        for (const [k, v] of Object.entries(s.properties ?? {})) {
            const max = v.maxLength ?? v.maxItems ?? (Number.isSafeInteger(v.maximum) ? v.maximum : undefined);
            if (max !== undefined) rows.push(`  "${name}.${k}": ${max},`);
        }
    return `/** Longest text (characters), longest list (items) or largest number of each limited field. */\nexport const MAX = {\n${rows.join("\n")}\n} as const;\n`;
}

const bodyOf = (content) => content?.["application/json"]?.schema;

function operation(o) {
    const params = o.parameters ?? [];
    const fields = (place) => {
        const list = params.filter((p) => p.in === place);
        if (!list.length) return "void";
        return `{ ${list.map((p) => `${p.name}${p.required ? "" : "?"}: ${typeOf(p.schema, "", "T.")}`).join("; ")} }`;
    };
    const input = bodyOf(o.requestBody?.content);
    const done = Object.entries(o.responses).find(([status]) => /^2/.test(status))?.[1];
    const output = bodyOf(done?.content);
    const has = (name) => params.some((p) => p.in === "header" && p.name.toLowerCase() === name && p.required);
    return {
        row: `path: ${fields("path")}; query: ${fields("query")}; body: ${input ? typeOf(input, "", "T.") : "void"}`,
        out: output ? typeOf(output, "", "T.") : "void",
        flags: (has("idempotency-key") ? "k" : "") + (has("if-match") ? "m" : ""),
    };
}

function routes(paths) {
    const rows = [];
    const flags = [];
    for (const [path, methods] of Object.entries(paths).sort(([a], [b]) => a.localeCompare(b))) {
        if (!path.startsWith(BASE)) continue;
        for (const [method, o] of Object.entries(methods)) {
            const stream = Object.values(o.responses).some((r) => r.content?.["text/event-stream"]);
            if (stream) continue;
            const key = `${method.toUpperCase()} ${path.slice(BASE.length)}`;
            const { row, out, flags: f } = operation(o);
            rows.push(`  "${key}": { ${row}; out: ${JSON_ANSWERS[key] ?? out} };`);
            if (f) flags.push(`  "${key}": "${f}",`);
        }
    }
    return `import type * as T from "./types.gen.ts";

/** What each operation takes and gives. \`void\` = nothing. Streams are not calls: see stream.ts. */
export interface Routes {
${rows.join("\n")}
}

/** Operations that need an Idempotency-Key (k) or an If-Match (m). */
export const ROUTE_FLAGS: Partial<Record<keyof Routes, string>> = {
${flags.join("\n")}
};
`;
}

export function generate(api) {
    const schemas = api.components.schemas;
    return {
        "types.gen.ts": `${HEAD}\n${PROSE}\n${VERIFICATION}\n${shapes(schemas)}\n${limits(schemas)}`,
        "routes.gen.ts": HEAD + routes(api.paths),
    };
}

function main([file, mode]) {
    if (!file) throw new Error("usage: node tools/gen-types.mjs openapi.json [--check]");
    let stale = 0;
    for (const [name, text] of Object.entries(generate(JSON.parse(readFileSync(file, "utf8"))))) {
        if (mode !== "--check") writeFileSync(OUT + name, text);
        else if (readFileSync(OUT + name, "utf8") !== text) {
            console.error(`gen-types: ${name} differs from the server's contract: npm run types`);
            stale++;
        }
    }
    console.log(`gen-types: ${mode === "--check" ? `${stale} stale` : "written"}`);
    process.exitCode = stale ? 1 : 0;
}

if (process.argv[1] === new URL(import.meta.url).pathname) main(process.argv.slice(2));
