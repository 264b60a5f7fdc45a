// Two build plugins: messages become syntax trees at build, and the chunk graph is kept for the budget check.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { compile } from "./messages.mjs";

export const CHUNKS = new URL("../node_modules/.cache/ainative/chunks.json", import.meta.url).pathname;

/** Turns src/i18n/messages/<lang>/<area>.json into a module of strings and ICU syntax trees. */
export function messages() {
    return {
        name: "ainative-messages",
        enforce: "pre",
        transform(code, id) {
            if (!/\/i18n\/messages\/[a-z]+\/[a-z]+\.json$/.test(id)) return null;
            return {
                code: `export default ${JSON.stringify(compile(JSON.parse(code)))};`,
                map: null,
                moduleType: "js",
            };
        },
    };
}

/** Writes which file imports which, for tools/budgets.mjs. Not part of dist. */
export function chunkReport() {
    return {
        name: "ainative-chunks",
        writeBundle(_options, bundle) {
            const chunks = Object.values(bundle)
                .filter((c) => c.type === "chunk")
                .map((c) => ({
                    file: c.fileName,
                    entry: c.isEntry,
                    facade: c.facadeModuleId,
                    imports: c.imports,
                    css: [...(c.viteMetadata?.importedCss ?? [])],
                    modules: Object.keys(c.modules ?? {}).filter(
                        (m) => m.includes("/pages/") || m.includes("/editor/"),
                    ),
                }));
            mkdirSync(dirname(CHUNKS), { recursive: true });
            writeFileSync(CHUNKS, JSON.stringify(chunks));
        },
    };
}
