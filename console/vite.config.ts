import { fileURLToPath } from "node:url";
import { lingui } from "@lingui/vite-plugin";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { linguiMacro } from "./tools/lingui-macro.ts";
import { precompress } from "./tools/precompress.ts";

const server = process.env.CRM_URL ?? "http://127.0.0.1:3000";
// The server compares `Origin` with `Host`, so `Host` passes through unchanged.
const proxy = Object.fromEntries(["/api", "/health"].map((path) => [path, { target: server }]));

// Few chunks: Brotli finds more in large files than in many small ones, and each chunk names those that it imports by
// hashes, which do not compress. A chunk takes along all that its modules import and no chunk above it has.
const chunks = [
  {
    name: "vendor",
    test: /node_modules\/(react|react-dom|react-router|scheduler|@tanstack|zustand|@lingui|openapi-fetch|clsx)\//,
  },
  { name: "start", test: /src\/(app\/app|lib\/i18n|features\/auth\/login-page)\.tsx?/ },
  {
    name: "floating",
    test: /node_modules\/(@floating-ui|@base-ui\/.*\/(floating-ui-react|menu|dialog|alert-dialog|popover|tooltip|checkbox))\//,
  },
  { name: "list", test: /src\/(app\/layout\/layout|features\/leads\/list\/lead-list)\.tsx/ },
  {
    name: "form",
    test: /src\/(lib\/zod-resolver|components\/(confirm-leave|record-picker|tag-input|user-picker|ui\/(dialog|select|textarea)))\.tsx?|react-hook-form/,
  },
  {
    name: "record",
    test: /src\/components\/(data-grid\/(use-)?neighbours|field-list|tasks\/tasks-panel|text-fields|timeline\/timeline)\.tsx?/,
  },
  // What few people open is one chunk with all that opens from it: in many small ones it is a third larger.
  {
    name: "choices",
    test: /src\/components\/(copy-field|stale-error|resource-labels|ui\/(check-list|radio-list|switch|combobox))\.tsx?/,
  },
  { name: "keys", test: /src\/components\/(api-keys|sessions)\// },
  { name: "settings", test: /src\/features\/settings\/(?!routes)/ },
  { name: "board", test: /pragmatic-drag-and-drop|src\/components\/board\// },
  { name: "deals", test: /plugins\/deals\/console\/(?!index)/ },
  { name: "notifications", test: /plugins\/notifications\/console\/(?!index|bell)/ },
  { name: "import", test: /src\/features\/import\/(?!routes)/ },
  { name: "tasks", test: /src\/features\/tasks\/(?!routes|week)/ },
  { name: "merge", test: /src\/components\/(merge|duplicates)\// },
  { name: "lead", test: /src\/features\/leads\/(convert|merge|record)\// },
  { name: "customer", test: /src\/features\/customers\/(merge|record)\// },
  { name: "access", test: /src\/features\/(users|teams|roles)\/(?!routes)/ },
  { name: "deals", test: /plugins\/deals\/console\/(?!index)/ },
  { name: "notifications", test: /plugins\/notifications\/console\/(?!index|bell)/ },
  { name: "imports", test: /src\/features\/import\/(?!routes)/ },
  { name: "tasks", test: /src\/features\/tasks\/(?!routes)/ },
].map((group, index, { length }) => ({ ...group, priority: length - index }));

export default defineConfig({
  plugins: [linguiMacro(), react(), lingui(), tailwindcss(), precompress()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  // Plugins have their screens beside their other half.
  server: { proxy, fs: { allow: [".", "../plugins"] } },
  preview: { proxy },
  build: {
    target: "es2022",
    manifest: true,
    modulePreload: { polyfill: false },
    rolldownOptions: { output: { codeSplitting: { groups: chunks } } },
  },
  test: {
    environment: "happy-dom",
    environmentOptions: { happyDOM: { url: "http://localhost:3000" } },
    setupFiles: ["src/testing/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}", "../plugins/*/console/**/*.test.{ts,tsx}"],
    restoreMocks: true,
    // The first test that opens a screen waits until it is compiled.
    testTimeout: 20_000,
    expect: { poll: { timeout: 10_000 } },
  },
});
