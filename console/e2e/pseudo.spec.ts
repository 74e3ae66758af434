import { join } from "node:path";
import type { Page } from "@playwright/test";
import { build } from "vite";
import { admin } from "./support/server";
import { withoutStreams } from "./support/settle";
import { expect, makeCustomer, makeLead, makeTask, test } from "./support/test";

// A database of its own: what other tests have made is not in the pseudo alphabet.
test.use({ server: {} });

/** What stands there as somebody wrote it, or as `Intl` has it. */
const data = [
  /\S+@\S+/,
  /^(CRM|Ctrl|Shift|Esc|Enter|CSV|JSON|UTC|https:\/\/)$/,
  // How far permissions reach, such as "lead:read: all".
  /^\S+:\S+: \w+/,
  // Figures, days and times, such as "Jan 5 – 11, 2026" and "in 2 days".
  /^[\d\s.,:–+/%()-]*((Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec|Mon|Tues?|Wed(nes)?|Thu(rs)?|Fri|Sat(ur)?|Sun)\w*|AM|PM|UTC|now|ago|in|sec|min|hr|wk|mo|day|days|yesterday|today|tomorrow|yr|[\d\s.,:–·+/%()-]+)+\.?$/,
];

/** Words of the server, such as names of roles and what kinds of events there are: the console shows them as they are. */
function collectWords(page: Page): Set<string> {
  const words = new Set<string>();
  page.on("response", async (response) => {
    if (!response.headers()["content-type"]?.includes("json")) return;
    const body = await response.text().catch(() => "");
    for (const [, text] of body.matchAll(
      /"(?:name|resourceName|resource|label|title|description|reason|userAgent)":("(?:[^"\\]|\\.)*")/g,
    )) {
      words.add(JSON.parse(text ?? ""));
    }
  });
  return words;
}

/** All that is read, seen or spoken on a page and has words of the English alphabet in it. */
async function plainTexts(page: Page, words: Set<string>): Promise<string[]> {
  const texts = await page.evaluate(() => {
    const found: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node instanceof Element) {
        for (const name of ["aria-label", "title", "placeholder", "alt"]) {
          const text = node.getAttribute(name);
          if (text) found.push(text);
        }
      } else if (!node.parentElement?.closest("time, code, kbd, script, noscript, style")) {
        found.push(node.textContent ?? "");
      }
    }
    return [document.title, ...found];
  });
  const isData = (text: string) =>
    words.has(text.replace(/ · CRM$|^· /, "")) || data.some((pattern) => pattern.test(text));
  // A text with one letter of the pseudo alphabet in it has passed through the catalogue, whatever was put into it.
  const isPlain = (text: string) => /[A-Za-z]{3}/.test(text) && !/[À-žƥƒōḿńśţ]/.test(text);
  return texts.map((text) => text.trim()).filter((text) => isPlain(text) && !isData(text));
}

/** Addresses that differ in what they are about only are one. */
const routeOf = (path: string) => path.replace(/[?#].*/, "").replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, ":id");

/** Builds the console with texts that are seen to be translated, and puts it in the place of the server's own. */
async function servePseudo(page: Page): Promise<void> {
  const root = join(import.meta.dirname, "..");
  const outDir = join(root, "dist-pseudo");
  await build({ root, mode: "pseudo", logLevel: "error", build: { outDir, emptyOutDir: true } });
  await page.route(
    ({ pathname }) => !/^\/(api|health)\//.test(pathname),
    (route) => {
      const { pathname } = new URL(route.request().url());
      return route.fulfill({ path: join(outDir, pathname.includes(".") ? pathname : "index.html") });
    },
  );
}

test("no screen shows a text that is not translated", async ({ page, api }) => {
  test.setTimeout(300_000);
  const words = collectWords(page);
  await withoutStreams(page);
  await servePseudo(page);

  // Names without a letter of the English alphabet.
  const lead = await makeLead(api, "Ζωή", { company: "Μηχανές", tags: ["π"] });
  const customer = await makeCustomer(api, "Ήρων", { company: "Ατμός" });
  const task = await makeTask(api, { title: "Κλήση" });

  await page.goto("/login");
  expect(await plainTexts(page, words)).toEqual([]);
  // Its labels are not those by which `signIn` finds its way.
  const { emailId, password } = admin;
  await page.request.post("/api/auth/login", { data: { emailId, password } });
  await page.evaluate(() => localStorage.setItem("crm.session", "1"));
  const waiting = ["/", `/leads/${lead.id}`, `/customers/${customer.id}`, `/tasks/${task.id}`];
  const seen = new Set<string>();
  const untranslated: Record<string, string[]> = {};
  while (waiting.length > 0) {
    const path = waiting.shift() ?? "/";
    const route = routeOf(path);
    if (seen.has(route)) continue;
    seen.add(route);
    await page.goto(path);
    // Not by its role: behind a dialog it has none.
    await page.locator("h1").first().waitFor();
    await page.waitForLoadState("networkidle");
    const found = await plainTexts(page, words);
    if (found.length > 0) untranslated[route] = found;
    const links = await page
      .locator("a[href^='/']:not([href^='/api'])")
      .evaluateAll((all) => all.map((link) => link.getAttribute("href")));
    waiting.push(...links.flatMap((href) => href ?? []));
  }
  expect(untranslated).toEqual({});
  expect(seen.size).toBeGreaterThan(10);
});
