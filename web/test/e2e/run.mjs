// Runs the stories in order: BASE_URL=http://127.0.0.1:8080 npm run e2e [-- name]
import { launch } from "./browser.mjs";
import { STORIES } from "./stories.mjs";

const only = process.argv[2];
const browser = await launch();
const state = {};
let passed = 0;
let failed = 0;
for (const [name, story] of STORIES) {
    if (only && !name.includes(only)) continue;
    const started = Date.now();
    try {
        await story(browser, state);
        passed++;
        console.log(`ok   ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
    } catch (e) {
        failed++;
        console.log(`FAIL ${name}\n${e.stack ?? e}`);
        for (const c of browser.contexts())
            for (const p of c.pages()) {
                await p.screenshot({ path: `test/shots/fail-${failed}.png`, caret: "initial" }).catch(() => undefined);
                if (p.problems?.length) console.log(p.problems.join("\n"));
                await c.close();
            }
    }
}
await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
