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

/** Opens the n-th exercise of the catalogue by its title, as a person would. */
export async function openExercise(page, n = 0) {
    const card = await page.evaluate(async (i) => {
        const list = await (await fetch("/api/v1/exercises")).json();
        const { id, title, slug } = list.items[i];
        const { entry } = await (await fetch(`/api/v1/exercises/${id}`)).json();
        return { title, slug, entry };
    }, n);
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
