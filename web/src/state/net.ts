// The state of the network as measured by what was sent, not by navigator.onLine.
import { computed, signal } from "@preact/signals";

export type Net = "online" | "slow" | "offline" | "server";

const recent = signal<number[]>([]);
const misses = signal(0);
const serverDown = signal(false);
export const since = signal<number | undefined>(undefined);

export const net = computed<Net>(() => {
  if (misses.value >= 2) return "offline";
  if (serverDown.value) return "server";
  const sorted = [...recent.value].sort((a, b) => a - b);
  return sorted.length >= 5 && (sorted[Math.floor(sorted.length / 2)] ?? 0) > 2000 ? "slow" : "online";
});

/** Told by the client after each exchange. */
export function measured(ms: number | undefined, status: number): void {
  if (ms === undefined) {
    misses.value++;
    if (misses.value === 2) since.value = Date.now();
    if (misses.value >= 1) probe();
    return;
  }
  misses.value = 0;
  since.value = undefined;
  serverDown.value = status === 502 || status === 503 || status === 504;
  recent.value = [...recent.value.slice(-8), ms];
}

let timer: ReturnType<typeof setTimeout> | undefined;

/** A miss is confirmed at once; then the server is asked less and less often until it answers. */
function probe(wait = 100): void {
  if (timer !== undefined) return;
  timer = setTimeout(() => {
    timer = undefined;
    fetch("/health/live", { cache: "no-store", signal: AbortSignal.timeout(5000) })
      .then((r) => measured(1, r.status))
      .catch(() => {
        misses.value++;
        if (misses.value === 2) since.value = Date.now();
        probe(Math.min(Math.max(wait * 2, 1500), 15_000));
      });
  }, wait);
}

export function startNet(): void {
  addEventListener("offline", () => measured(undefined, 0));
  addEventListener("online", () => probe(100));
}
