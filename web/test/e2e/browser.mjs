// The browser the stories use: Debian's Chromium through playwright-core.
import { chromium } from "playwright-core";

let base = process.env.BASE_URL ?? "http://127.0.0.1:8080";

/** The address of the server under test, when it is started by the run. */
export function setBase(url) {
    base = url;
}

export const STUDENT = {
    email: process.env.STUDENT_EMAIL ?? "estudiante@demo.example",
    password: process.env.STUDENT_PASSWORD ?? "demo-ainative",
};
export const TEACHER = {
    email: process.env.TEACHER_EMAIL ?? "docente@demo.example",
    password: process.env.TEACHER_PASSWORD ?? "demo-ainative",
};

export function launch() {
    return chromium.launch({
        executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
        args: ["--no-sandbox", "--disable-dev-shm-usage"],
    });
}

/** A page that keeps what went wrong: script errors and refusals of the content security policy. */
export async function newPage(browser, options = {}) {
    const context = await browser.newContext({ baseURL: base, locale: "es-AR", ...options });
    const page = await context.newPage();
    page.problems = [];
    page.on("pageerror", (e) => page.problems.push(`error: ${e.message}`));
    page.on("console", (m) => {
        if (m.type() !== "error") return;
        if (/Failed to load resource.*40[19]/.test(m.text())) return;
        page.problems.push(`console: ${m.text()} ${m.location().url}`);
    });
    return page;
}

export async function signIn(page, who, next = "/") {
    await page.goto(`/login?next=${encodeURIComponent(next)}`);
    await page.locator('input[name="email"]').fill(who.email);
    await page.locator('input[name="password"]').fill(who.password);
    await page.locator('button[type="submit"]').click();
    await page.waitForURL((u) => !u.pathname.startsWith("/login"));
}
