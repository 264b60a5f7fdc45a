// Steps the stories share.
export const CODE_BAD = `def fibonacci(n):
    """Término n de Fibonacci."""
    if n < 0:
        return None
    a = 0
    b = 1
    for i in range(n):
        c = a + b
        a = b
        b = c
    return b
`;
export const CODE_GOOD = CODE_BAD.replace("return b\n", "return a\n");

/** Types code line by line as a person would: Home on each line, so that automatic indentation does not add to it. */
export async function typeCode(page, code) {
  const content = page.locator(".cm-content");
  await content.click();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Delete");
  for (const [i, line] of code.split("\n").entries()) {
    if (i > 0) {
      await page.keyboard.press("Escape");
      await page.keyboard.press("Enter");
      await page.keyboard.press("Shift+Home");
      await page.keyboard.press("Delete");
    }
    await page.keyboard.insertText(line);
  }
  await page.keyboard.press("Escape");
}
