// The program under test: its own data folder and port, the demo course, and an orderly end.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

function freePort() {
    return new Promise((resolve, reject) => {
        const s = createServer();
        s.on("error", reject);
        s.listen(0, "127.0.0.1", () => {
            const { port } = s.address();
            s.close(() => resolve(port));
        });
    });
}

async function answers(url, child) {
    for (let i = 0; i < 150; i++) {
        if (child.exitCode !== null) throw new Error(`the program ended with ${child.exitCode}`);
        const ok = await fetch(url).then(
            (r) => r.ok,
            () => false,
        );
        if (ok) return;
        await new Promise((r) => setTimeout(r, 200));
    }
    throw new Error(`${url} does not answer`);
}

/** Starts `bin` with a fresh demo course. Gives its address and the function that stops it. */
export async function startProgram(bin) {
    const data = mkdtempSync(join(tmpdir(), "ainative-e2e-"));
    const port = await freePort();
    // Settings come only from here: the program refuses names it does not know.
    const outside = Object.entries(process.env).filter(([k]) => !k.startsWith("AINATIVE_"));
    const env = {
        ...Object.fromEntries(outside),
        AINATIVE_HTTP_LISTEN: `127.0.0.1:${port}`,
        AINATIVE_OPS_LISTEN: "",
        AINATIVE_DATA: data,
    };
    for (const verb of ["migrate", "demo"]) {
        const r = spawnSync(bin, [verb], { env, encoding: "utf8" });
        if (r.status !== 0) throw new Error(`${bin} ${verb}: ${r.stderr}${r.stdout}`);
    }
    const child = spawn(bin, ["serve"], { env, stdio: ["ignore", "ignore", "inherit"] });
    const url = `http://127.0.0.1:${port}`;
    const stop = async () => {
        const ended = new Promise((r) => child.once("exit", r));
        if (child.exitCode === null) child.kill("SIGTERM");
        await Promise.race([ended, new Promise((r) => setTimeout(r, 10_000))]);
        if (child.exitCode === null) child.kill("SIGKILL");
        rmSync(data, { recursive: true, force: true });
    };
    try {
        await answers(`${url}/health/live`, child);
    } catch (e) {
        await stop();
        throw e;
    }
    return { url, stop };
}
