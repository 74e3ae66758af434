// Fails when a screen, the style sheet or the whole build outgrows its budget. Bytes do not vary from run to run, as times do.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";

const kilobyte = 1000;
const dist = join(import.meta.dirname, "../dist");
const manifest = JSON.parse(readFileSync(join(dist, ".vite/manifest.json"), "utf8"));

function entry(suffix) {
  const key = Object.keys(manifest).find((name) => name.endsWith(suffix));
  if (!key) throw new Error(`${suffix} is no entry of the build`);
  return key;
}

function files(key, found = new Set()) {
  const chunk = manifest[key];
  if (found.has(chunk.file)) return found;
  found.add(chunk.file);
  for (const name of chunk.css ?? []) found.add(name);
  for (const name of chunk.imports ?? []) files(name, found);
  return found;
}

const size = (name, extension) => statSync(join(dist, name + extension)).size;
const sum = (names, extension) => [...names].reduce((total, name) => total + size(name, extension), 0);
const screen = (...suffixes) => {
  const found = new Set();
  for (const suffix of suffixes) files(entry(suffix), found);
  return found;
};
const walk = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((item) =>
    item.isDirectory() ? walk(join(folder, item.name)) : [join(folder, item.name)],
  );

const start = ["index.html"];
const budgets = [
  ["/login", sum(screen(...start, "features/auth/login-page.tsx"), ".br"), 130],
  ["/leads", sum(screen(...start, "app/layout/layout.tsx", "features/leads/list/lead-list.tsx"), ".br"), 200],
  [
    "CSS (gzip)",
    sum(
      [...screen(...start)].filter((name) => extname(name) === ".css"),
      ".gz",
    ),
    12,
  ],
  [
    "whole build",
    walk(dist)
      .filter((path) => path.endsWith(".br"))
      .reduce((total, path) => total + statSync(path).size, 0),
    450,
  ],
];

for (const [what, bytes, budget] of budgets) {
  const over = bytes > budget * kilobyte;
  if (over) process.exitCode = 1;
  console.log(`${over ? "over" : "ok"}\t${what}\t${(bytes / kilobyte).toFixed(1)} of ${budget} kB`);
}
