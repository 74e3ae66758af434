import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { startConsole, startServer } from "../e2e/support/server";
import { signIn, test as withUrls } from "../e2e/support/test";

const folder = join(import.meta.dirname, "../../docs/screens");

/** The same as for journeys, with demo data. */
const test = withUrls.extend({
  urls: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright demands a pattern
    async ({}, use) => {
      const server = await startServer({ parameters: ["--demo"] });
      const site = await startConsole(server.url);
      await use({ site: site.url, server: server.url });
      await site.stop();
      await server.stop();
    },
    { scope: "worker", timeout: 180_000 },
  ],
});

/** What is seen, and how one gets there. */
const screens: Record<string, string | ((page: Page) => Promise<void>)> = {
  dashboard: "/",
  leads: "/leads",
  "leads-board": "/leads/board",
  lead: first("/leads", "Leads"),
  "lead-new": "/leads/new",
  customers: "/customers",
  customer: first("/customers", "Customers"),
  tasks: "/tasks",
  "tasks-week": "/tasks/week",
  deals: "/deals",
  "deals-list": "/deals/list",
  "deals-forecast": "/deals/forecast",
  "deals-pipelines": "/deals/pipelines",
  imports: "/imports/new",
  activity: "/activity",
  notifications: "/notifications",
  "notification-settings": "/notifications/preferences",
  webhooks: "/webhooks/new",
  users: "/users",
  teams: "/teams",
  roles: "/roles",
  explain: "/roles/explain",
  profile: "/settings/profile",
  "custom-fields": "/settings/custom-fields",
  search: async (page) => {
    await page.goto("/leads");
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog").waitFor();
  },
};

/** The record of the first row of a list. */
function first(address: string, list: string) {
  return async (page: Page) => {
    await page.goto(address);
    await page.getByRole("grid", { name: list }).getByRole("link").first().click();
    await page.waitForURL(/[0-9a-f-]{36}/);
  };
}

async function settle(page: Page): Promise<void> {
  await page.getByRole("main").getByRole("heading", { level: 1 }).waitFor();
  // The network is never at rest: what happens is told live.
  await page.waitForTimeout(1_000);
  await page.waitForFunction(() =>
    document.getAnimations().every(({ playState }) => playState !== "running"),
  );
}

const looks = {
  light: { colorScheme: "light", viewport: { width: 1280, height: 800 } },
  dark: { colorScheme: "dark", viewport: { width: 1280, height: 800 } },
  phone: { colorScheme: "light", viewport: { width: 390, height: 844 } },
} as const;

for (const [look, options] of Object.entries(looks)) {
  test.describe(look, () => {
    test.use(options);

    test("every screen", async ({ page }) => {
      test.setTimeout(300_000);
      await mkdir(folder, { recursive: true });
      const shoot = (name: string) =>
        page.screenshot({ path: join(folder, `${name}-${look}.jpg`), type: "jpeg", quality: 60 });
      await page.goto("/login");
      await page.getByRole("button", { name: "Sign in" }).waitFor();
      await shoot("login");
      await signIn(page);
      for (const [name, screen] of Object.entries(screens)) {
        if (typeof screen === "string") await page.goto(screen);
        else await screen(page);
        await settle(page);
        await shoot(name);
      }
    });
  });
}
