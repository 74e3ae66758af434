import { join } from "node:path";
import type { Page } from "@playwright/test";
import { build } from "vite";
import { admin, startConsole } from "./support/server";
import { expect, makeCustomer, makeLead, makeTask, test } from "./support/test";

/** What stands there as somebody wrote it, or as `Intl` and the server have it. */
const data = [
  /\S+@\S+/,
  /^CRM$/,
  /^Admin$/,
  /^(Ctrl|Shift|Esc|Enter|CSV|JSON|UTC)$/,
  // Figures, days and times, such as "Jan 5 – 11, 2026" and "in 2 days".
  /^[\d\s.,:–+/%()-]*((Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec|Mon|Tues?|Wed(nes)?|Thu(rs)?|Fri|Sat(ur)?|Sun)\w*|AM|PM|UTC|now|ago|in|sec|min|hr|wk|mo|day|days|yesterday|today|tomorrow|yr|[\d\s.,:–·+/%()-]+)+\.?$/,
];

/** All that is read, seen or spoken on a page and has words of the English alphabet in it. */
async function plainTexts(page: Page): Promise<string[]> {
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
  const isData = (text: string) => data.some((pattern) => pattern.test(text));
  return texts.map((text) => text.trim()).filter((text) => /[A-Za-z]{3}/.test(text) && !isData(text));
}

/** Addresses that differ in what they are about only are one. */
const routeOf = (url: string) => new URL(url).pathname.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, ":id");

test("no screen shows a text that is not translated", async ({ page, urls, api }) => {
  test.setTimeout(300_000);
  const root = join(import.meta.dirname, "..");
  await build({
    root,
    mode: "pseudo",
    logLevel: "error",
    build: { outDir: "dist-pseudo", emptyOutDir: true },
  });
  const site = await startConsole(urls.server, "dist-pseudo");

  // Names without a letter of the English alphabet.
  const lead = await makeLead(api, "Ζωή", { company: "Μηχανές", tags: ["π"] });
  const customer = await makeCustomer(api, "Ήρων", { company: "Ατμός" });
  const task = await makeTask(api, { title: "Κλήση" });

  await page.goto(`${site.url}/login`);
  expect(await plainTexts(page)).toEqual([]);
  // Its labels are not those by which `signIn` finds its way.
  const { emailId, password } = admin;
  await page.request.post(`${site.url}/api/auth/login`, { data: { emailId, password } });
  await page.evaluate(() => localStorage.setItem("crm.session", "1"));
  const waiting = ["/", `/leads/${lead.id}`, `/customers/${customer.id}`, `/tasks/${task.id}`];
  const seen = new Set<string>();
  const untranslated: Record<string, string[]> = {};
  while (waiting.length > 0) {
    const path = waiting.shift() ?? "/";
    const route = routeOf(site.url + path);
    if (seen.has(route)) continue;
    seen.add(route);
    await page.goto(site.url + path);
    await page.getByRole("heading", { level: 1 }).first().waitFor();
    await page.waitForLoadState("networkidle", { timeout: 3000 }).catch(() => {});
    const found = await plainTexts(page);
    if (found.length > 0) untranslated[route] = found;
    const links = await page
      .locator("a[href^='/']")
      .evaluateAll((all) => all.map((link) => link.getAttribute("href")));
    waiting.push(...links.flatMap((href) => href ?? []));
  }
  await site.stop();
  expect(untranslated).toEqual({});
  expect(seen.size).toBeGreaterThan(10);
});
