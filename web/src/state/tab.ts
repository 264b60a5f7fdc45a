// The name of this tab in the capture protocol. It survives a reload; a duplicated tab gets a new one.
import { clientId } from "../api/ids.ts";

const KEY = "ainative.client";

function stored(): string | undefined {
  try {
    const v = sessionStorage.getItem(KEY);
    return v && /^[0-9a-f]{16}$/.test(v) ? v : undefined;
  } catch {
    return undefined;
  }
}

/** A page that is loaded again may begin before the old one has let go of its lock. */
const RELOAD_MS = 3000;

function reloaded(): boolean {
  const [entry] = performance.getEntriesByType("navigation");
  return (entry as PerformanceNavigationTiming | undefined)?.type === "reload";
}

/** Holds a lock under the name for as long as the tab lives. False = another tab has it. */
function hold(name: string): Promise<boolean> {
  if (!("locks" in navigator)) return Promise.resolve(true);
  const how: LockOptions = reloaded() ? { signal: AbortSignal.timeout(RELOAD_MS) } : { ifAvailable: true };
  return new Promise((resolve) => {
    navigator.locks
      .request(`client:${name}`, how, (lock) => {
        resolve(lock !== null);
        return lock ? new Promise<void>(() => undefined) : undefined;
      })
      .catch(() => resolve(false)); // the wait is over: it is another tab's
  });
}

let mine: Promise<string> | undefined;

async function choose(): Promise<string> {
  const had = stored();
  if (had && (await hold(had))) return had;
  const fresh = clientId();
  await hold(fresh);
  try {
    sessionStorage.setItem(KEY, fresh);
  } catch {
    /* without it a reload counts as a new tab */
  }
  return fresh;
}

export function tabId(): Promise<string> {
  mine ??= choose();
  return mine;
}

/** Runs `work` while no other tab runs the same. */
export async function exclusive(name: string, work: () => Promise<void>): Promise<void> {
  if ("locks" in navigator) await navigator.locks.request(name, work);
  else await work();
}
