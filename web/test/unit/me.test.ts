import { beforeEach, describe, expect, test } from "vitest";
import type { User } from "../../src/api/shapes.ts";
import { signOut } from "../../src/actions/shell.ts";
import { loadAreas } from "../../src/i18n/t.ts";
import { toasts } from "../../src/state/announce.ts";
import { login, loginAsked, loginBack, loginLost, lostLogin, me } from "../../src/state/me.ts";
import { answers, useAnswers } from "./answers.ts";

useAnswers();

const user: User = { id: "u", email: "a@b.c", name: "Ana", locale: "es", theme: "system", roles: [], courses: [] };

beforeEach(async () => {
  await loadAreas(["shell", "problem"]);
  me.value = user;
  loginLost.value = loginAsked.value = false;
  toasts.value = [];
});

describe("signing out", () => {
  test("without an answer leaves the person signed in, and says so", async () => {
    await signOut();
    expect(me.value).toEqual(user);
    expect(toasts.value).toMatchObject([{ kind: "bad" }]);
  });

  test.each([204, 401])("is done when the server answers %i", async (status) => {
    answers["POST /auth/logout"] = status === 204 ? { status } : { status, body: { code: "auth.required" } };
    await signOut();
    expect(me.value).toBeNull();
    expect(toasts.value).toEqual([]);
  });
});

describe("a login that ends under an open page", () => {
  test("opens no form under somebody who types, and opens it for who does not", () => {
    lostLogin(true);
    expect([loginLost.value, loginAsked.value]).toEqual([true, false]);
    loginLost.value = false;
    lostLogin(false);
    expect([loginLost.value, loginAsked.value]).toEqual([true, true]);
  });

  test("tells what had stopped to go on, once somebody has signed in again", async () => {
    lostLogin(true);
    const before = loginBack.value;
    await login("a@b.c", "wrong");
    expect([loginLost.value, loginBack.value]).toEqual([true, before]);
    answers["POST /auth/login"] = { status: 200, body: { user } };
    await login("a@b.c", "right");
    expect([loginLost.value, loginBack.value]).toEqual([false, before + 1]);
  });
});
