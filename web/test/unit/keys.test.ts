// Whose key it is: the page's, or that of the control with the focus.
import { afterEach, describe, expect, test } from "vitest";
import { inText, onKey, register } from "../../src/actions/registry.ts";
import { command } from "../../src/actions/types.ts";
import type { Action } from "../../src/actions/types.ts";

let pressed: string[] = [];
const act = (key: string): Action => ({
  id: `test.${key}`,
  label: "shell.close",
  scope: "replay",
  keys: [key],
  perform: () => command(() => void pressed.push(key)),
});

function focusOn(tag: string, type = ""): void {
  const el = document.createElement(tag);
  if (type) el.setAttribute("type", type);
  document.body.replaceChildren(el);
  el.focus();
}

const press = (key: string): boolean => {
  const e = new KeyboardEvent("keydown", { key, cancelable: true });
  onKey(e);
  return e.defaultPrevented;
};

describe("keys of one character", () => {
  afterEach(() => {
    pressed = [];
    document.body.replaceChildren();
  });

  test("space presses the button that has the focus instead of playing", () => {
    const off = register([act(" ")]);
    focusOn("button");
    expect(press(" ")).toBe(false);
    expect(pressed).toEqual([]);
    focusOn("input", "range");
    expect(press(" ")).toBe(true);
    expect(pressed).toEqual([" "]);
    off();
  });

  test("the scrubber is no text field, and a field for text is one", () => {
    focusOn("input", "range");
    expect(inText()).toBe(false);
    focusOn("input", "checkbox");
    expect(inText()).toBe(false);
    focusOn("input", "email");
    expect(inText()).toBe(true);
    focusOn("textarea");
    expect(inText()).toBe(true);
  });

  test("a bracket moves between runs from the scrubber, never from a text", () => {
    const off = register([act("]")]);
    focusOn("textarea");
    press("]");
    expect(pressed).toEqual([]);
    focusOn("input", "range");
    press("]");
    expect(pressed).toEqual(["]"]);
    off();
  });
});
