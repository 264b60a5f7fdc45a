// A sentence with code between backticks, as compilers and checkers write it, made of elements: no HTML text.
import { Fragment } from "preact";

/** Every second part is code. A backtick without a partner stays what it is. */
export function codeParts(text: string): string[] {
  return text.split(/`([^`\n]+)`/);
}

export function Inline({ text }: { text: string }) {
  return (
    <>
      {codeParts(text).map((part, i) =>
        i % 2 === 1 ? (
          <code key={i} class="c">
            {part}
          </code>
        ) : (
          <Fragment key={i}>{part}</Fragment>
        ),
      )}
    </>
  );
}
