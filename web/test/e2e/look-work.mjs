// Screenshots of the workspace in use: node test/e2e/look-work.mjs [width,...] [theme,...] [lang]
import { STUDENT, launch, newPage, signIn } from "./browser.mjs";
import { CODE_BAD, typeCode } from "./steps.mjs";

const [widths = "1440,360", themes = "light", lang = "es"] = process.argv.slice(2);
const browser = await launch();
for (const width of widths.split(",").map(Number))
    for (const theme of themes.split(",")) {
        const page = await newPage(browser, { viewport: { width, height: width < 640 ? 740 : 900 } });
        await page.addInitScript(
            ([t, l]) => {
                localStorage.setItem("theme", t);
                localStorage.setItem("locale", l);
            },
            [theme, lang],
        );
        await signIn(page, STUDENT, "/practice");
        const id = await page.evaluate(async () => {
            const list = await (await fetch("/api/v1/exercises")).json();
            const r = await fetch("/api/v1/sessions", {
                method: "POST",
                headers: {
                    "Content-Type": "application/json",
                    "X-Requested-By": "ainative",
                    "Idempotency-Key": crypto.randomUUID(),
                },
                body: JSON.stringify({ exercise_id: list.items[0].id }),
            });
            return (await r.json()).id;
        });
        await page.goto(`/work/${id}`);
        const shot = (n) => page.screenshot({ path: `test/shots/work-${n}-${width}-${theme}.png`, caret: "initial" });
        const narrow = width < 640;
        const tab = async (n) => narrow && (await page.locator(`.ws-tabs button:nth-child(${n})`).click());
        await page.locator(".cm-content").waitFor();
        await typeCode(page, CODE_BAD);
        if (narrow) {
            await shot("code");
            await tab(1);
            await shot("statement");
        }
        await page.keyboard.press("Control+Enter");
        await page.waitForTimeout(1500);
        await tab(3);
        await page.waitForTimeout(200);
        if (narrow) await shot("results");
        await tab(4);
        await page.locator("#question").fill("No entiendo por qué da otro número");
        await page.keyboard.press("Enter");
        await page.waitForTimeout(900);
        if (!narrow) await shot("streaming");
        await page.waitForTimeout(2200);
        await shot("tutor");
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (wide > 0) console.log(`${width}: ${wide} px too wide`);
        for (const p of page.problems) console.log(width, theme, p);
        await page.context().close();
    }
await browser.close();
