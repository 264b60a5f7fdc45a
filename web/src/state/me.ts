// Who is signed in, and the tenant.
import { computed, signal } from "@preact/signals";
import { call } from "../api/client.ts";
import { wakeStreams } from "../api/stream.ts";
import type { Result } from "../api/client.ts";
import { clientProblem } from "../api/problem.ts";
import type { Problem } from "../api/problem.ts";
import type { Bootstrap, Locale, Theme, User } from "../api/shapes.ts";

/** undefined = not asked yet, null = nobody. */
export const me = signal<User | null | undefined>(undefined);
export const bootstrap = signal<Bootstrap | undefined>(undefined);
export const bootProblem = signal<Problem | undefined>(undefined);
/** The login ended while a page was open: said over the page, which keeps its state, until somebody signs in. */
export const loginLost = signal(false);
/** The form to sign in again is open. It never opens by itself under somebody who is typing. */
export const loginAsked = signal(false);
/** Rises when the login that was lost is back: what stopped for want of it goes on. */
export const loginBack = signal(0);

const STAFF = new Set(["teacher", "assistant"]);
export const isStaff = computed(() => {
  const u = me.value;
  return !!u && (u.roles.some((r) => STAFF.has(r)) || u.courses.some((c) => STAFF.has(c.role)));
});
export const isStudent = computed(() => {
  const u = me.value;
  return !!u && (!isStaff.value || u.roles.includes("student") || u.courses.some((c) => c.role === "student"));
});

export async function boot(): Promise<void> {
  bootProblem.value = undefined;
  const [b, u] = await Promise.all([call("GET /bootstrap", {}), call("GET /me", { tries: 2 })]);
  if (b.ok) bootstrap.value = b.value;
  if (u.ok) me.value = u.value;
  else if (u.problem.status === 401 || u.problem.status === 403) me.value = null;
  else bootProblem.value = u.problem;
}

export async function login(email: string, password: string): Promise<Result<User>> {
  const r = await call("POST /auth/login", { body: { email, password } });
  if (!r.ok) return r;
  const { user } = r.value;
  if (!user) return { ok: false, problem: clientProblem("net.bad_answer", r.status) };
  me.value = user;
  if (loginLost.peek()) regained();
  return { ...r, value: user };
}

function regained(): void {
  loginLost.value = loginAsked.value = false;
  loginBack.value++;
  wakeStreams();
}

/** The server says nobody is signed in here. */
export function lostLogin(typing: boolean): void {
  if (!me.peek() || loginLost.peek()) return;
  loginLost.value = true;
  loginAsked.value = !typing;
}

export async function claim(body: {
  token: string;
  email: string;
  name: string;
  password: string;
}): Promise<Result<User>> {
  const r = await call("POST /setup/claim", { body });
  return r;
}

/** Only the server can end a login: without its answer the cookie still opens the account. */
export async function logout(): Promise<Problem | undefined> {
  const r = await call("POST /auth/logout", { tries: 1 });
  if (!r.ok && r.problem.status !== 401) return r.problem;
  me.value = null;
  loginLost.value = loginAsked.value = false;
  return undefined;
}

export async function saveMe(change: { name?: string; locale?: Locale; theme?: Theme }): Promise<Result<User>> {
  const r = await call("PATCH /me", { body: change });
  if (r.ok) me.value = r.value;
  return r;
}
