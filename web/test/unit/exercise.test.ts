// Opening an exercise: what shows while the server is asked.
import { beforeEach, describe, expect, test } from "vitest";
import { loadAreas } from "../../src/i18n/t.ts";
import { toasts } from "../../src/state/announce.ts";
import { openExercise, opening } from "../../src/state/exercise.ts";
import { answers, useAnswers } from "./answers.ts";

useAnswers();
beforeEach(async () => {
  await loadAreas(["shell", "problem"]);
  toasts.value = [];
});

describe("an exercise that is being opened", () => {
  test("is named until the server has answered, and is opened once only", async () => {
    answers["POST /sessions"] = { status: 201, body: { id: "s" } };
    const first = openExercise({ id: "e" });
    expect(opening.value).toBe("e");
    expect(await openExercise({ id: "f" })).toBeUndefined();
    expect([await first, opening.value]).toEqual(["/work/s", undefined]);
  });

  test("can be tried again when it failed, which is said", async () => {
    expect(await openExercise({ id: "e" })).toBeUndefined();
    expect([opening.value, toasts.value.length]).toEqual([undefined, 1]);
  });
});
