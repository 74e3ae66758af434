import { transformAsync } from "@babel/core";
import type { Plugin } from "vite";

/** Expands the macros of Lingui. `@vitejs/plugin-react` runs no Babel, and only files that use a macro pay for it here. */
export function linguiMacro(): Plugin {
  return {
    name: "lingui-macro",
    enforce: "pre",
    async transform(code, id) {
      const [filename = id] = id.split("?");
      if (!/\.tsx?$/.test(filename) || !/@lingui\/(core|react)\/macro/.test(code)) return;
      const result = await transformAsync(code, {
        filename,
        babelrc: false,
        configFile: false,
        sourceMaps: true,
        parserOpts: { plugins: ["typescript", "jsx"] },
        // English is not loaded: each chunk has its own texts.
        plugins: [["@lingui/babel-plugin-lingui-macro", { stripMessageField: false }]],
      });
      if (result?.code) return { code: result.code, map: JSON.stringify(result.map) };
    },
  };
}
