// The name of a tab: kept over a reload, not shared with a duplicate.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

const OLD = "00112233445566ff";

/** The browser's locks as far as a tab uses them: one name, held by the page before until it lets go. */
class Locks {
  private waiting: (() => void) | undefined;
  constructor(private held: boolean) {}

  request(_name: string, how: LockOptions, act: (lock: object | null) => unknown): Promise<unknown> {
    if (_name !== `client:${OLD}` || !this.held) return Promise.resolve(act({}));
    if (how.ifAvailable) return Promise.resolve(act(null));
    return new Promise((done, fail) => {
      this.waiting = () => done(act({}));
      how.signal?.addEventListener("abort", () => fail(new Error("the wait is over")));
    });
  }

  letGo(): void {
    this.held = false;
    this.waiting?.();
  }
}

async function tabOf(locks: Locks, type: string): Promise<() => Promise<string>> {
  vi.stubGlobal("navigator", { locks });
  vi.spyOn(performance, "getEntriesByType").mockReturnValue([{ type } as unknown as PerformanceEntry]);
  vi.resetModules();
  return (await import("../../src/state/tab.ts")).tabId;
}

describe("the name of a tab", () => {
  beforeEach(() => sessionStorage.setItem("ainative.client", OLD));
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  test("survives a reload that begins before the old page has let go", async () => {
    const locks = new Locks(true);
    const id = (await tabOf(locks, "reload"))();
    await Promise.resolve();
    locks.letGo();
    expect(await id).toBe(OLD);
  });

  test("is a new one in a duplicated tab", async () => {
    const id = await (await tabOf(new Locks(true), "navigate"))();
    expect(id).not.toBe(OLD);
    expect(sessionStorage.getItem("ainative.client")).toBe(id);
  });

  test("is a new one when the old name stays taken after a reload", async () => {
    const over = new AbortController();
    vi.spyOn(AbortSignal, "timeout").mockReturnValue(over.signal);
    const id = (await tabOf(new Locks(true), "reload"))();
    await Promise.resolve();
    over.abort();
    expect(await id).not.toBe(OLD);
  });
});
