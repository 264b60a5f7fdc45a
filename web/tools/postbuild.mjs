// After vite: hash theme.js, put integrity on every script and preload of index.html, precompress each file.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const DIST = new URL("../dist/", import.meta.url).pathname;
const TEXT = /\.(js|css|html|svg|json|txt|webmanifest|map)$/;
const THEME_LIMIT = 512;

const sri = (path) => `sha384-${createHash("sha384").update(readFileSync(path)).digest("base64")}`;

function files(dir) {
    return readdirSync(dir).flatMap((n) =>
        statSync(join(dir, n)).isDirectory() ? files(join(dir, n)) : [join(dir, n)],
    );
}

function hashTheme(html) {
    const path = join(DIST, "theme.js");
    const body = readFileSync(path);
    if (body.length > THEME_LIMIT) throw new Error(`theme.js has ${body.length} bytes, limit ${THEME_LIMIT}`);
    const name = `assets/theme-${createHash("sha256").update(body).digest("hex").slice(0, 8)}.js`;
    renameSync(path, join(DIST, name));
    return html.replace("/theme.js", `/${name}`);
}

/** Script, module preload and style sheet tags get the digest of the file they name. */
export function withIntegrity(html, digest) {
    return html.replace(/<(script|link)\b([^>]*?)\s*(\/?)>/g, (tag, name, attrs, close) => {
        const url = /(?:src|href)="(\/[^"]+\.(?:js|css))"/.exec(attrs)?.[1];
        if (!url) return tag;
        const bare = attrs.replace(/\s+crossorigin(="[^"]*")?/, "");
        return `<${name}${bare} integrity="${digest(url)}"${close}>`;
    });
}

function compress(path) {
    const body = readFileSync(path);
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: body.length };
    writeFileSync(`${path}.br`, brotliCompressSync(body, { params }));
    writeFileSync(`${path}.gz`, gzipSync(body, { level: 9 }));
}

function main() {
    const page = join(DIST, "index.html");
    const html = withIntegrity(hashTheme(readFileSync(page, "utf8")), (url) => sri(join(DIST, url)));
    if (/<script(?![^>]*\bsrc=)/.test(html) || /<style|\sstyle=/.test(html))
        throw new Error("inline script or style in index.html");
    writeFileSync(page, html);
    const all = files(DIST).filter((p) => TEXT.test(p));
    all.forEach(compress);
    console.log(`postbuild: ${all.length} files, each with .br and .gz`);
}

if (process.argv[1] === new URL(import.meta.url).pathname) main();
