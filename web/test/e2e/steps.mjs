// Steps the stories share.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const CONTENT = new URL("../../../content/exercises/", import.meta.url).pathname;

function firstProgram(folder, slug, entry) {
    const dir = join(CONTENT, slug, folder, "python");
    return readFileSync(join(dir, readdirSync(dir).sort()[0], entry), "utf8");
}

/** A known-wrong program and a reference of the exercise, from the content the server carries. */
export function codeFor({ slug, entry }) {
    return { bad: firstProgram("wrong", slug, entry), good: firstProgram("solution", slug, entry) };
}

/** Opens an exercise by its title, as a person would: the n-th of the catalogue, or the one of a slug. */
export async function openExercise(page, which = 0) {
    const card = await page.evaluate(async (w) => {
        const list = await (await fetch("/api/v1/exercises")).json();
        const { id, title, slug } = typeof w === "number" ? list.items[w] : list.items.find((x) => x.slug === w);
        const { entry, tests } = await (await fetch(`/api/v1/exercises/${id}`)).json();
        return { title, slug, entry, tests: tests.filter((x) => x.visibility === "visible").length };
    }, which);
    await page.goto("/practice");
    await page.locator("button.name", { hasText: card.title }).click();
    await page.waitForURL(/\/work\//);
    await page.locator(".cm-content").waitFor({ timeout: 45_000 });
    return { ...card, session: /\/work\/([^/?]+)/.exec(page.url())[1] };
}

/** Replaces the code by typing line by line; what the editor indents by itself is taken away first. */
export async function setCode(page, code) {
    await page.locator(".cm-content").click();
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Delete");
    for (const [i, line] of code.replace(/\n$/, "").split("\n").entries()) {
        if (i > 0) {
            await page.keyboard.press("Escape");
            await page.keyboard.press("Enter");
            await page.keyboard.press("Shift+Home");
            await page.keyboard.press("Delete");
        }
        await page.keyboard.insertText(line);
    }
    await page.keyboard.press("Escape");
}

/** Until the page shows what it is for: a heading, words, nothing still loading, and no change of size for a while. */
export async function settled(page) {
    await page.locator("h1").first().waitFor({ timeout: 30_000 });
    await page.waitForFunction(
        () => {
            const words = document.querySelector("#app")?.innerText.trim().length ?? 0;
            const busy = document.querySelector(".skl, [aria-busy='true'], .boot");
            const now = `${words} ${document.documentElement.scrollHeight}`;
            const same = window.lookedAt?.now === now && !busy && words > 40;
            window.lookedAt = { now, since: same ? window.lookedAt.since : performance.now() };
            return performance.now() - window.lookedAt.since > 600;
        },
        undefined,
        { timeout: 30_000, polling: 100 },
    );
}
