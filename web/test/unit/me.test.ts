import { beforeEach, describe, expect, test } from "vitest";
import type { User } from "../../src/api/shapes.ts";
import { signOut } from "../../src/actions/shell.ts";
import { loadAreas } from "../../src/i18n/t.ts";
import { toasts } from "../../src/state/announce.ts";
import { me } from "../../src/state/me.ts";
import { answers, useAnswers } from "./answers.ts";

useAnswers();

const user: User = { id: "u", email: "a@b.c", name: "Ana", locale: "es", theme: "system", roles: [], courses: [] };

beforeEach(async () => {
  await loadAreas(["shell", "problem"]);
  me.value = user;
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
