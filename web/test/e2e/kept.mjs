// Stories of what must not be lost: the login ends, the network ends, a second tab takes over.
import assert from "node:assert/strict";
import { STUDENT, newPage, signIn } from "./browser.mjs";
import { openExercise, setCode } from "./steps.mjs";

const WAIT = { timeout: 45_000 };
const WIDE = { viewport: { width: 1440, height: 900 } };
const saved = (page) => page.locator(".saved", { hasText: "Guardado" }).and(page.locator(":has(.ok)"));

async function openedAt(browser, n) {
    const page = await newPage(browser, WIDE);
    await signIn(page, STUDENT, "/practice");
    const ex = await openExercise(page, n);
    await setCode(page, "x = 1\n");
    await page.waitForTimeout(400);
    await saved(page).waitFor(WAIT);
    return { page, ...ex };
}

const onServer = (page, session) =>
    page.evaluate(
        async (id) => (await (await fetch(`/api/v1/sessions/${id}/workspace`)).json()).files[0].text,
        session,
    );

/** The note takes no key from who types; after signing in everything written is on the server. */
async function loginEnds(browser) {
    const { page, session } = await openedAt(browser, 2);
    await page.context().clearCookies();
    await page.locator(".cm-content").click();
    await page.keyboard.type("\ny = 2");
    await page.locator(".toasts.lost").waitFor(WAIT);
    await page.keyboard.type("\nz = 3");
    assert.match(await page.locator(".cm-content").innerText(), /y = 2\n+z = 3/);
    await page.locator(".toasts.lost button").click();
    await page.locator('dialog input[name="password"]:focus').waitFor(WAIT);
    await page.locator('dialog input[name="password"]').fill(STUDENT.password);
    await page.keyboard.press("Enter");
    await page.locator("dialog").waitFor({ state: "detached", timeout: 20_000 });
    await saved(page).waitFor(WAIT);
    assert.match(await onServer(page, session), /y = 2\nz = 3/);
    assert.deepEqual(page.problems, []);
    await page.context().close();
}

/** Without network a run says at once why not; what was written is sent when the network is back. */
async function networkEnds(browser) {
    const { page, session } = await openedAt(browser, 3);
    await page.context().setOffline(true);
    await page.locator(".cm-content").click();
    await page.keyboard.type("\ny = 2");
    await page.locator(".saved", { hasText: "En este equipo" }).waitFor(WAIT);
    await page.locator(".p-code .btn.run.primary").click({ force: true });
    await page.locator(".toasts .note", { hasText: "Sin conexión" }).waitFor(WAIT);
    assert.equal(await page.locator(".waiting").count(), 0, "nothing was started");
    await page.context().setOffline(false);
    await saved(page).waitFor(WAIT);
    assert.match(await onServer(page, session), /y = 2/);
    await page.context().close();
}

/** Who takes over keeps it, though the page is loaded again for it; the other tab becomes read-only. */
async function takesOver(browser) {
    const { page } = await openedAt(browser, 4);
    const second = await page.context().newPage();
    await second.goto(page.url());
    await second.locator(".ws-banner .btn").click(WAIT);
    await page.locator(".ws-banner").waitFor(WAIT);
    await second.locator(".p-code .btn.primary:not([aria-disabled])").waitFor(WAIT);
    await second.waitForTimeout(1500);
    assert.equal(await second.locator(".ws-banner").count(), 0, "the second tab writes");
    assert.equal(await page.locator(".ws-banner").count(), 1, "the first tab only reads");
    await page.context().close();
}

/** While a slow program runs: since when, each test by name, and a way to stop. */
async function runShowsItself(browser) {
    const { page, tests } = await openedAt(browser, 9);
    await setCode(page, "import time\ntime.sleep(4)\n");
    await page.keyboard.press("Control+Enter");
    await page.locator(".arriving .row-in").first().waitFor(WAIT);
    await page.locator(".waiting", { hasText: /[1-9] seg/ }).waitFor(WAIT);
    assert.match(await page.locator(".waiting").innerText(), new RegExp(`0 de ${tests} pruebas`));
    await page.keyboard.press("Control+.");
    await page.locator(".waiting").waitFor({ state: "detached", timeout: 20_000 });
    assert.deepEqual(page.problems, []);
    await page.context().close();
}

export const KEPT = [
    ["a login that ends in the middle of typing loses nothing", loginEnds],
    ["without network a run says why not, and what was written goes out later", networkEnds],
    ["a second tab that takes over keeps the session", takesOver],
    ["a run under way tells since when and how far, and can be stopped", runShowsItself],
];
