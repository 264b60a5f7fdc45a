// A stream of events over connections that end: what it waits, what it asks for again, when it gives up.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openStream } from "../../src/api/stream.ts";

/** The answers of the connections to come, in order; after them there is no network. */
let connections: string[] = [];
let asked: (string | null)[] = [];

function fetched(_url: string, init: RequestInit): Promise<Response> {
  asked.push(new Headers(init.headers).get("Last-Event-ID"));
  const text = connections.shift();
  return text === undefined ? Promise.reject(new TypeError("no network")) : Promise.resolve(new Response(text));
}

describe("a stream", () => {
  beforeEach(() => {
    asked = [];
    vi.useFakeTimers();
    vi.stubGlobal("fetch", fetched);
    vi.spyOn(Math, "random").mockReturnValue(0.5);
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  test("that made room for another comes back only after the time the server named", async () => {
    connections = ["retry: 2000\n\nid: 7\nevent: text\ndata: {}\n\nretry: 11000\n\n"];
    const s = openStream("/x", { onEvent: () => false });
    await vi.advanceTimersByTimeAsync(10_900);
    expect(asked).toEqual([null]);
    await vi.advanceTimersByTimeAsync(200);
    expect(asked).toEqual([null, "7"]);
    s.close();
  });

  test("waits longer after each connection that fails", async () => {
    connections = [];
    const s = openStream("/x", { onEvent: () => false });
    await vi.advanceTimersByTimeAsync(7100);
    expect(asked.length).toBe(4); // at 0, 1, 3 and 7 s
    s.close();
  });

  test("ends with the message its reader calls the last", async () => {
    connections = ["event: done\ndata: {}\n\n"];
    openStream("/x", { onEvent: (e) => e.event === "done" });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked.length).toBe(1);
  });
});
