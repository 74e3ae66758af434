// Fails when the catalogues lag behind the sources, or German lacks a text.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const catalogue = (locale) => join(root, `src/locales/${locale}/messages.po`);
const locales = ["en", "de", "pseudo"];
const read = () => locales.map((locale) => readFileSync(catalogue(locale), "utf8"));

const before = read();
execFileSync("npx", ["lingui", "extract", "--clean"], { cwd: root, stdio: "ignore" });
const after = read();

if (before.some((text, index) => text !== after[index])) {
  console.error(
    "The catalogues were out of date, and are written anew: translate src/locales/de/messages.po, and add them.",
  );
  process.exitCode = 1;
}
const untranslated = after[1].match(/^msgid "(?!"\n(?!")).*(?:\n".*")*\nmsgstr ""\n(?!")/gm) ?? [];
if (untranslated.length > 0) {
  console.error(`German lacks ${untranslated.length} texts:\n${untranslated.join("\n")}`);
  process.exitCode = 1;
}
