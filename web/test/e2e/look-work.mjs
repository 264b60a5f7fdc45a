// Screenshots for the documentation: npm run shots [-- FOLDER]   (BASE_URL or AINATIVE_BIN, as the stories)
import { mkdirSync } from "node:fs";
import { STUDENT, TEACHER, launch, newPage, setBase, signIn } from "./browser.mjs";
import { startProgram } from "./program.mjs";
import { codeFor, openExercise, setCode, settled } from "./steps.mjs";

const folder = process.argv[2] ?? "../docs/screenshots";
const EXERCISE = "marea-mas-alta";

async function open(browser, width, theme) {
    const page = await newPage(browser, { viewport: { width, height: width < 640 ? 740 : 900 } });
    await page.addInitScript((t) => localStorage.setItem("theme", t), theme);
    return page;
}
async function shot(page, name) {
    await settled(page);
    await page.screenshot({ path: `${folder}/${name}.png`, caret: "initial" });
}

/** Works a little, so that there is something to see. */
async function work(browser) {
    const page = await open(browser, 1440, "light");
    await signIn(page, STUDENT, "/practice");
    const ex = await openExercise(page, EXERCISE);
    await setCode(page, codeFor(ex).bad);
    await page.keyboard.press("Control+Enter");
    await page.locator(".p-results .tests .st.bad").first().waitFor({ timeout: 30_000 });
    await page.locator("#question").fill("No veo por qué da otro valor en ese caso");
    await page.keyboard.press("Enter");
    await page.locator(".turn .who .rung").first().waitFor({ timeout: 30_000 });
    await page.context().close();
    return ex.session;
}

async function student(browser, session, width, theme) {
    const page = await open(browser, width, theme);
    await signIn(page, STUDENT, `/work/${session}`);
    await page.locator(".cm-content").waitFor({ timeout: 30_000 });
    const tag = `${width}-${theme}`;
    if (width >= 640) await shot(page, `workspace-${tag}`);
    else
        for (const [i, name] of ["statement", "code", "results", "tutor"].entries()) {
            await page.locator(`.ws-tabs button:nth-child(${i + 1})`).click();
            await shot(page, `workspace-${name}-${tag}`);
        }
    for (const path of ["home", "practice", "progress"]) {
        await page.goto(`/${path}`);
        await shot(page, `${path}-${tag}`);
    }
    await page.context().close();
}

async function teacher(browser, session, width, theme) {
    const page = await open(browser, width, theme);
    await signIn(page, TEACHER, "/teach");
    await page.locator(".livet tbody tr").first().waitFor({ timeout: 30_000 });
    if (width >= 640) await page.locator(".livet button.name").first().click();
    await shot(page, `teach-${width}-${theme}`);
    await page.goto(`/teach/sessions/${session}`);
    await page.locator(".rp-code .ln").first().waitFor({ timeout: 30_000 });
    await shot(page, `replay-${width}-${theme}`);
    await page.context().close();
}

mkdirSync(folder, { recursive: true });
const program = process.env.BASE_URL
    ? undefined
    : await startProgram(process.env.AINATIVE_BIN ?? "../build/release/ainative");
if (program) setBase(program.url);
const browser = await launch();
try {
    const session = await work(browser);
    for (const width of [1440, 360])
        for (const theme of ["light", "dark"]) {
            await student(browser, session, width, theme);
            await teacher(browser, session, width, theme);
        }
} finally {
    await browser.close();
    await program?.stop();
}
