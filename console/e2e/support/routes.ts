import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../../..");

/** Every address that features and plugins bring, as `/leads/:id`; those of their dialogs too. */
function routes(): string[] {
  const files = [
    ...readdirSync(join(root, "console/src/features")).map(
      (name) => `console/src/features/${name}/routes.tsx`,
    ),
    ...readdirSync(join(root, "plugins")).map((name) => `plugins/${name}/console/index.tsx`),
  ].map((file) => join(root, file));
  const found = files.filter(existsSync).flatMap((file) => {
    let parent = "";
    return [...readFileSync(file, "utf8").matchAll(/\bpath: "([^"]+)"/g)].map(([, path = ""]) => {
      if (!path.startsWith("/")) return `${parent}/${path}`;
      parent = path;
      return path;
    });
  });
  return ["/", ...found];
}

/** Those that somebody who has signed in goes to. */
export function places(): string[] {
  return routes().filter((path) => !/^\/(login|setup|set-password)$/.test(path));
}
