import { defineConfig } from "vitest/config";
import { chunkReport, messages } from "./tools/vite-plugins.mjs";

export default defineConfig({
  plugins: [messages(), chunkReport()],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  resolve: {
    // Messages are parsed at build: the run-time parser must not be shipped.
    alias: { "@formatjs/icu-messageformat-parser": "@formatjs/icu-messageformat-parser/no-parser.js" },
  },
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    cssCodeSplit: true,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        entryFileNames: "assets/[name]-[hash].js",
        chunkFileNames: "assets/[name]-[hash].js",
        assetFileNames: "assets/[name]-[hash][extname]",
      },
    },
  },
  server: { port: 5173, strictPort: true, proxy: { "/api": process.env["API"] ?? "http://127.0.0.1:8080" } },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}", "test/unit/**/*.test.{ts,tsx}"],
    setupFiles: ["test/unit/setup.ts"],
    restoreMocks: true,
    css: false,
  },
});
