// How soon it is known that there is no network, and that it is back.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { measured, net } from "../../src/state/net.ts";

beforeEach(() => {
  vi.useFakeTimers();
  measured(5, 200);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test("an answer that does not come is confirmed within moments, and one answer ends it", async () => {
  let up = false;
  const probed = vi.fn(() => (up ? Promise.resolve(new Response("ok")) : Promise.reject(new TypeError("no network"))));
  vi.stubGlobal("fetch", probed);
  measured(undefined, 0);
  expect(net.value).toBe("online");
  await vi.advanceTimersByTimeAsync(150);
  expect([net.value, probed.mock.calls.length]).toEqual(["offline", 1]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(probed.mock.calls.length).toBe(1);
  up = true;
  await vi.advanceTimersByTimeAsync(1000);
  expect(net.value).toBe("online");
});

test("one answer lost on the way is no lack of network", async () => {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response("ok")));
  measured(undefined, 0);
  await vi.advanceTimersByTimeAsync(150);
  expect(net.value).toBe("online");
});
