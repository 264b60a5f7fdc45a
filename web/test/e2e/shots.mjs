// Screenshots for looking at: node test/e2e/shots.mjs name path [who] [width,...] [theme,...] [lang]
import { STUDENT, TEACHER, launch, newPage, signIn } from "./browser.mjs";

const [name, path, who = "student", widths = "1440,360", themes = "light", lang = "es"] = process.argv.slice(2);
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
        if (who !== "nobody") await signIn(page, who === "teacher" ? TEACHER : STUDENT, path);
        else await page.goto(path);
        await page.waitForTimeout(900);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (wide > 0) console.log(`${name} ${width}: ${wide} px too wide`);
        await page.screenshot({
            path: `test/shots/${name}-${width}-${theme}.png`,
            caret: "initial",
            fullPage: process.env.FULL === "1",
        });
        for (const p of page.problems) console.log(`${name} ${width} ${theme}: ${p}`);
        await page.context().close();
    }
await browser.close();
