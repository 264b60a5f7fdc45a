// What a compiler cannot see: HTML strings, any, non-null marks, default exports (web.md 2, 14).
import noUnsanitized from "eslint-plugin-no-unsanitized";
import tseslint from "typescript-eslint";

const banned = [["innerHTML", "outerHTML", "insertAdjacentHTML", "srcdoc"]].flat();

export default tseslint.config(
  { ignores: ["dist/", "node_modules/", "src/**/*.gen.ts", "public/"] },
  ...tseslint.configs.recommended,
  {
    plugins: { "no-unsanitized": noUnsanitized },
    rules: {
      "no-unsanitized/method": "error",
      "no-unsanitized/property": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "no-restricted-properties": [
        "error",
        ...banned.map((property) => ({ property })),
        { object: "document", property: "write" },
      ],
    },
  },
  {
    files: ["src/**/*.{ts,tsx}"],
    rules: {
      "no-restricted-syntax": ["error", { selector: "ExportDefaultDeclaration", message: "No default exports." }],
    },
  },
);
