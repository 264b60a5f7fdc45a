// The right to write: whose lease is given back, and when it is kept.
import { afterEach, describe, expect, test, vi } from "vitest";
import { LeaseHolder } from "../../src/state/lease.ts";

const asked: string[] = [];
function server(put: { status: number; body: unknown }): void {
  vi.stubGlobal("fetch", (url: string, init?: RequestInit) => {
    asked.push(`${init?.method ?? "GET"} ${url.replace("/api/v1", "")}`);
    const a = init?.method === "PUT" ? put : { status: 204, body: undefined };
    return Promise.resolve(new Response(a.body === undefined ? null : JSON.stringify(a.body), { status: a.status }));
  });
}

const mine = { status: 200, body: { client: "me", fence: 1, expires_at: "2026-01-01T00:00:00Z" } };
const given = (): string[] => asked.filter((x) => x.startsWith("DELETE"));

describe("a lease", () => {
  afterEach(() => {
    asked.length = 0;
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  test("is given back in the name of this tab, so that another tab's stays", async () => {
    server(mine);
    const l = new LeaseHolder("s", "me");
    await l.take();
    l.leave();
    expect(given()).toEqual(["DELETE /sessions/s/lease?client=me"]);
  });

  test("taken from another tab survives the reload that follows", async () => {
    server(mine);
    const reload = vi.spyOn(location, "reload").mockImplementation(() => {
      dispatchEvent(new Event("pagehide"));
    });
    const l = new LeaseHolder("s", "me");
    await l.take(true);
    l.keepAndReload();
    expect([reload.mock.calls.length, given()]).toEqual([1, []]);
  });

  test("taken while an earlier question was under way is not given back when that is answered", async () => {
    const answers: ((r: Response) => void)[] = [];
    vi.stubGlobal("fetch", (_url: string, init?: RequestInit) => {
      asked.push(`${init?.method ?? "GET"}`);
      return new Promise<Response>((r) => answers.push(r));
    });
    vi.spyOn(location, "reload").mockImplementation(() => undefined);
    const l = new LeaseHolder("s", "me");
    const [early, taken] = [l.take(), l.take(true)];
    answers[1]?.(new Response(JSON.stringify(mine.body)));
    await taken;
    l.keepAndReload();
    answers[0]?.(new Response(JSON.stringify(mine.body)));
    await early;
    dispatchEvent(new Event("pagehide"));
    expect(given()).toEqual([]);
  });

  test("that another tab has is not given back", async () => {
    server({ status: 409, body: { code: "lease.held", status: 409 } });
    const l = new LeaseHolder("s", "me");
    expect(await l.take()).toBe("held");
    l.leave();
    expect(given()).toEqual([]);
  });

  test("goes on without a login: what is written stays and is sent later", async () => {
    server(mine);
    const l = new LeaseHolder("s", "me");
    await l.take();
    server({ status: 401, body: { code: "auth.required", status: 401 } });
    expect(await l.take()).toBe("mine");
    l.leave();
  });
});
