// Runs the stories in order, against BASE_URL, or against AINATIVE_BIN started here with a fresh demo course.
// usage: npm run e2e [-- part of a name]
import { mkdirSync } from "node:fs";
import { launch, setBase } from "./browser.mjs";
import { startProgram } from "./program.mjs";
import { STORIES } from "./stories.mjs";

const SHOTS = new URL("../shots/", import.meta.url).pathname;

async function afterFailure(browser, n) {
    mkdirSync(SHOTS, { recursive: true });
    for (const c of browser.contexts()) {
        for (const p of c.pages()) {
            await p.screenshot({ path: `${SHOTS}fail-${n}.png`, caret: "initial" }).catch(() => undefined);
            if (p.problems?.length) console.log(p.problems.join("\n"));
        }
        await c.close();
    }
}

async function stories(only) {
    const browser = await launch();
    const state = {};
    const count = { passed: 0, failed: 0 };
    for (const [name, story] of STORIES) {
        if (only && !name.includes(only)) continue;
        const started = Date.now();
        try {
            await story(browser, state);
            count.passed++;
            console.log(`ok ${count.passed + count.failed} - ${name}`);
            console.log(`# ${((Date.now() - started) / 1000).toFixed(1)} s`);
        } catch (e) {
            count.failed++;
            console.log(`not ok ${count.passed + count.failed} - ${name}`);
            console.log(String(e.stack ?? e).replace(/^/gm, "# "));
            await afterFailure(browser, count.failed);
        }
    }
    await browser.close();
    return count;
}

const bin = process.env.BASE_URL ? undefined : process.env.AINATIVE_BIN;
const program = bin ? await startProgram(bin) : undefined;
if (program) setBase(program.url);
try {
    const { passed, failed } = await stories(process.argv[2]);
    console.log(`1..${passed + failed}`);
    process.exitCode = failed ? 1 : 0;
} finally {
    await program?.stop();
}
