import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { untilStill, withoutStreams } from "../e2e/support/settle";
import { makeTask, signIn, test } from "../e2e/support/test";

const folder = join(import.meta.dirname, "../../docs/screens");

test.use({ server: { demoLeads: 2000 } });

/** By the day before yesterday, yesterday, today, and so on. */
const tasks = [
  "Send the offer",
  "Call about the renewal",
  "Prepare the demo",
  "Ask for a reference",
  "Visit",
];

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
  webhooks: "/webhooks",
  users: "/users",
  teams: "/teams",
  roles: "/roles",
  explain: "/roles/explain",
  profile: "/settings/profile",
  "custom-fields": "/settings/custom-fields",
  search: async (page) => {
    await page.goto("/leads");
    await page.locator("h1").waitFor();
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog").waitFor();
  },
};

/** The record of the first row of a list. */
function first(address: string, list: string) {
  return async (page: Page) => {
    await page.goto(address);
    await page.getByRole("table", { name: list }).getByRole("link").first().click();
    await page.waitForURL(/[0-9a-f-]{36}/);
  };
}

const looks = {
  light: { colorScheme: "light", viewport: { width: 1280, height: 800 } },
  dark: { colorScheme: "dark", viewport: { width: 1280, height: 800 } },
  phone: { colorScheme: "light", viewport: { width: 390, height: 844 } },
} as const;

test("what demo data have none of", async ({ api }) => {
  const me = await api.GET("/api/auth/me");
  const customers = await api.GET("/api/customers", { params: { query: { limit: 5 } } });
  await api.POST("/api/teams", { body: { name: "Field sales" } });
  await api.POST("/api/teams", { body: { name: "Renewals" } });
  await api.POST("/api/custom-fields", {
    body: { resource: "lead", key: "budget", type: "money", label: "Budget" },
  });
  await api.POST("/api/custom-fields", {
    body: { resource: "lead", key: "segment", type: "text", label: "Segment" },
  });
  await api.POST("/api/notifications/webhooks", {
    body: { name: "Warehouse", url: "https://hooks.example.org/crm", eventTypes: ["customer.created"] },
  });
  for (const [days, title] of tasks.entries()) {
    const due = new Date(Date.now() + (days - 2) * 86_400_000);
    const customer = customers.data?.customers[days];
    await makeTask(api, {
      title,
      relatedTo: customer ? { type: "Customer", id: customer.id } : null,
      dueDate: due.toISOString().slice(0, 10),
      assignedTo: me.data?.id ?? null,
    });
  }
});

for (const [look, options] of Object.entries(looks)) {
  test.describe(look, () => {
    test.use(options);

    test("every screen", async ({ page }) => {
      test.setTimeout(240_000);
      await mkdir(folder, { recursive: true });
      await withoutStreams(page);
      const shoot = (name: string) =>
        page.screenshot({ path: join(folder, `${name}-${look}.jpg`), type: "jpeg", quality: 40 });
      await page.goto("/login");
      await page.getByRole("button", { name: "Sign in" }).waitFor();
      await page.waitForLoadState("networkidle");
      await shoot("login");
      await signIn(page);
      for (const [name, screen] of Object.entries(screens)) {
        if (typeof screen === "string") await page.goto(screen);
        else await screen(page);
        await page.locator("h1").first().waitFor();
        await page.waitForLoadState("networkidle");
        await untilStill(page);
        await shoot(name);
      }
    });
  });
}
