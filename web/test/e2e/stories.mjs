// The stories of the first product, against a running server (BASE_URL). Each prints ok or FAIL and why.
import assert from "node:assert/strict";
import { AxeBuilder } from "@axe-core/playwright";
import { STUDENT, TEACHER, newPage, signIn } from "./browser.mjs";
import { KEPT } from "./kept.mjs";
import { codeFor, openExercise, setCode } from "./steps.mjs";

const WAIT = { timeout: 45_000 };

const fillOf = (page, at) =>
    page
        .locator(at)
        .first()
        .evaluate((e) => getComputedStyle(e).backgroundColor);

async function student(browser, state) {
    const page = await newPage(browser, { viewport: { width: 1440, height: 900 } });
    await signIn(page, STUDENT, "/practice");
    const { title, session, slug, entry } = await openExercise(page);
    Object.assign(state, { session, title });
    const code = codeFor({ slug, entry });
    await setCode(page, code.bad);
    await page.keyboard.press("Control+Enter");
    await page.locator(".p-results .tests .bad").first().waitFor(WAIT);
    await page.locator(".composer button", { hasText: "Pista" }).click();
    await page.locator(".turn .who .rung").first().waitFor(WAIT);
    const reply = await page.locator(".turn:not(.me) .reply").first().innerText();
    assert.ok(reply.length > 10, "the reply has words");
    state.reply = reply.slice(0, 40);
    await setCode(page, code.good);
    await page.keyboard.press("Control+Enter");
    await page.locator(".p-results .tests li:last-child .st.ok").waitFor(WAIT);
    await page.locator(".p-results .diff.same").first().waitFor(WAIT);
    assert.equal(await fillOf(page, ".diff.same .got"), await fillOf(page, ".diff.same .exp"), "what fits is not red");
    await page.waitForTimeout(300);
    await page.locator(".p-code .btn.run:not([aria-disabled])").first().waitFor(WAIT);
    await page.keyboard.press("Control+Shift+Enter");
    // the dialog begins at its main act, and the next one at its first field
    await page.locator("dialog .btn.primary:focus").waitFor(WAIT);
    await page.keyboard.press("Enter");
    await page.locator(".sub-head.good").waitFor(WAIT);
    await page.locator(".sub-head button.btn").click();
    await page.locator("dialog textarea:focus").waitFor(WAIT);
    await page.keyboard.type("El caso vacío fue el primero en fallar.");
    await page.locator("dialog .btn.primary").click();
    await page.locator("dialog").waitFor({ state: "detached", timeout: 20_000 });
    await page.waitForTimeout(2500);
    assert.deepEqual(page.problems, []);
    await page.context().close();
}

/** Space plays and pauses, wherever the focus is outside a text. */
async function spacePlays(page) {
    const playing = page.getByRole("button", { name: "Pausar", exact: true });
    await page.keyboard.press("Home");
    await page.keyboard.press("Space");
    await playing.waitFor(WAIT);
    await page.keyboard.press("Space");
    await playing.waitFor({ state: "detached", timeout: 20_000 });
    await page.keyboard.press("End");
}

async function teacher(browser, state) {
    const page = await newPage(browser, { viewport: { width: 1440, height: 900 } });
    await signIn(page, TEACHER, "/teach");
    const row = page.locator(".livet tbody tr", { hasText: state.title }).first();
    await row.waitFor(WAIT);
    await row.locator("button.name").click();
    await page.locator(".who-pane .code").waitFor(WAIT);
    await page.locator(".who-pane .pane-sec", { hasText: /Última ejecución, \d/ }).waitFor(WAIT);
    await page.locator(".who-pane .said", { hasText: state.reply.slice(0, 20) }).waitFor(WAIT);
    await page.locator(".who-pane .btn.primary").click();
    await page.locator(".rp-code .code").waitFor(WAIT);
    await page.locator(".rp-head .st.ok").waitFor(WAIT);
    await spacePlays(page);
    assert.ok((await page.locator(".rp-code .code").innerText()).length > 20, "code at the moment");
    await page.locator('[role="tab"]', { hasText: "Diálogo" }).click();
    await page.locator(".rp-pane .turn:not(.me)").first().waitFor(WAIT);
    assert.equal(await page.locator(".rp-code .note.warn").count(), 0, "the edits fit the text");
    const check = await page.evaluate(
        async (id) => (await fetch(`/api/v1/sessions/${id}/trace/verification`)).json(),
        state.session,
    );
    assert.equal(check.gaps, 0, "the server could follow every edit");
    assert.deepEqual(page.problems, []);
    await page.context().close();
}

async function reload(browser) {
    const page = await newPage(browser, { viewport: { width: 1440, height: 900 } });
    await signIn(page, STUDENT, "/practice");
    await openExercise(page, 1);
    await setCode(page, "# sigue aquí\nx = 1\n");
    await page.locator("#question").fill("una consulta a medias");
    await page.waitForTimeout(400);
    await page.reload();
    await page.locator(".cm-content").waitFor(WAIT);
    assert.match(await page.locator(".cm-content").innerText(), /sigue aquí/);
    assert.equal(await page.locator("#question").inputValue(), "una consulta a medias");
    assert.deepEqual(page.problems, []);
    await page.context().close();
}

const PAGES = [
    ["/home", STUDENT],
    ["/practice", STUDENT],
    ["/sessions", STUDENT],
    ["/progress", STUDENT],
    ["/me", STUDENT],
    ["/teach", TEACHER],
];

async function axe(page, where) {
    await page.waitForTimeout(700);
    const { violations } = await new AxeBuilder({ page }).analyze();
    const found = violations.map(
        (v) =>
            `${where}: ${v.id} ${v.nodes
                .map((n) => n.target.join(" "))
                .slice(0, 2)
                .join(", ")}`,
    );
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    return wide > 0 ? [...found, `${where}: ${wide} px too wide`] : found;
}

async function accessible(browser, state) {
    const found = [];
    for (const [lang, theme, width] of [
        ["es", "light", 1280],
        ["en", "dark", 360],
    ])
        for (const who of [STUDENT, TEACHER]) {
            const page = await newPage(browser, { viewport: { width, height: 800 }, bypassCSP: true });
            await page.addInitScript(
                ([l, t]) => (localStorage.setItem("locale", l), localStorage.setItem("theme", t)),
                [lang, theme],
            );
            await page.goto("/login");
            if (who === STUDENT) found.push(...(await axe(page, `/login ${lang} ${theme}`)));
            await signIn(page, who, "/me");
            const own = PAGES.filter((p) => p[1] === who).map((p) => p[0]);
            if (state.session)
                own.push(who === STUDENT ? `/work/${state.session}` : `/teach/sessions/${state.session}`);
            for (const path of own) {
                await page.goto(path);
                found.push(...(await axe(page, `${path.replace(/[0-9a-f-]{36}/, ":id")} ${lang} ${theme} ${width}`)));
            }
            await page.context().close();
        }
    assert.deepEqual(found, []);
}

/** One panel at a time: what to do comes before the empty editor. */
async function phone(browser) {
    const page = await newPage(browser, { viewport: { width: 360, height: 740 } });
    await signIn(page, { ...STUDENT, email: "estudiante2@demo.example" }, "/practice");
    await page.locator(".filters .select").first().waitFor(WAIT);
    const cut = await page
        .locator(".filters .select")
        .evaluateAll(
            (all) => all.map((e) => e.getBoundingClientRect()).filter((r) => r.left < 0 || r.right > innerWidth).length,
        );
    assert.equal(cut, 0, "every filter is in sight");
    await page.locator("button.name").first().click();
    await page.waitForURL(/\/work\//);
    await page.locator(".p-statement .prose").first().waitFor(WAIT);
    assert.equal(await page.locator(".p-code").isVisible(), false);
    await page.locator(".ws-tabs button", { hasText: "Código" }).click();
    await page.locator(".cm-content").waitFor(WAIT);
    assert.deepEqual(page.problems, []);
    await page.context().close();
}

export const STORIES = [
    ["a student solves with one hint, submits and reflects", student],
    ["a teacher sees the student live and opens the replay", teacher],
    ["a reload in the middle of work restores it", reload],
    ["on a phone a new session opens at its statement", phone],
    ...KEPT,
    ["every page passes axe in both languages and themes", accessible],
];
