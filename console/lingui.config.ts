import { defineConfig } from "@lingui/conf";
import { formatter } from "@lingui/format-po";

export default defineConfig({
  sourceLocale: "en",
  locales: ["en", "de", "pseudo"],
  pseudoLocale: "pseudo",
  catalogs: [
    {
      path: "src/locales/{locale}/messages",
      include: ["src", "../plugins/*/console/**/*.{ts,tsx}"],
      exclude: ["**/*.test.*", "**/node_modules/**"],
    },
  ],
  // No places and a fixed order: two branches that add texts merge.
  format: formatter({ origins: false, lineNumbers: false }),
  orderBy: "message",
});
