import type { Page } from "@playwright/test";
import { expect, makeCustomer, makeDeal, makeLead, makeUser, signIn, test } from "./support/test";

const places = (page: Page) => page.getByRole("navigation", { name: "Main" }).getByRole("link");

async function expectRefused(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await expect(
    page
      .getByRole("main")
      .getByText(/^You may not/)
      .first(),
  ).toBeVisible();
}

async function expectNotFound(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await expect(page.getByText("It does not exist, or you may not see it")).toBeVisible();
}

test("an Agent sees what is theirs, and is refused what is not", async ({ page, api }) => {
  const agent = await makeUser(api, "Agent");
  const stranger = await makeUser(api, "Agent");
  const give = (id: string, assignedAgent: string) =>
    api.POST("/api/leads/{id}/assign", { params: { path: { id } }, body: { assignedAgent } });
  const mine = await makeLead(api, "Access mine");
  await give(mine.id, agent.id);
  await makeLead(api, "Access nobody's");
  const theirs = await makeLead(api, "Access theirs");
  await give(theirs.id, stranger.id);
  const customer = await makeCustomer(api, "Access customer", { owner: stranger.id });
  const deal = await makeDeal(api, "Access deal", { owner: stranger.id });

  await signIn(page, agent);
  await expect(places(page)).toHaveText([
    "Dashboard",
    "Leads",
    "Customers",
    "Tasks",
    "Deals",
    "Activity",
    "Settings",
  ]);
  await page.goto("/leads?search=access");
  await expect(page.getByRole("link", { name: "Access mine" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Access nobody's" })).toBeHidden();
  await expect(page.getByRole("link", { name: "Access theirs" })).toBeHidden();
  await expect(page.getByRole("link", { name: "New lead" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Export" })).toHaveAttribute("aria-disabled", "true");

  await page.goto(`/leads/${mine.id}`);
  await expect(page.getByRole("button", { name: "Edit Company" })).toBeVisible();
  await expect(page.getByRole("combobox", { name: "Agent" })).toBeHidden();
  await expectNotFound(page, `/leads/${theirs.id}`);
  await expectNotFound(page, `/customers/${customer.id}`);
  await expectNotFound(page, `/deals/${deal.id}`);
  for (const path of ["/users", "/roles", "/teams", "/imports", "/webhooks", "/settings/custom-fields"]) {
    await expectRefused(page, path);
  }
});

test("a Manager sees and gives away what is their team's, and no more", async ({ page, api }) => {
  const manager = await makeUser(api, "Manager");
  const mate = await makeUser(api, "Agent");
  const stranger = await makeUser(api, "Agent");
  const { data: team } = await api.POST("/api/teams", { body: { name: "Access team" } });
  for (const { id } of [manager, mate]) {
    await api.PATCH("/api/users/{id}", { params: { path: { id } }, body: { teams: [team?.id ?? ""] } });
  }
  const ours = await makeCustomer(api, "Team customer", { owner: mate.id });
  const theirs = await makeCustomer(api, "Foreign customer", { owner: stranger.id });

  await signIn(page, manager);
  await expect(places(page)).toHaveText([
    "Dashboard",
    "Leads",
    "Customers",
    "Tasks",
    "Deals",
    "Imports",
    "Activity",
    "Settings",
  ]);
  await page.goto("/customers");
  await expect(page.getByRole("link", { name: "Team customer" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Foreign customer" })).toBeHidden();
  await expect(page.getByRole("button", { name: "Export" })).not.toHaveAttribute("aria-disabled", "true");

  await page.goto(`/customers/${ours.id}`);
  await page.getByRole("combobox", { name: "Owner" }).fill("Some Manager");
  await page.getByRole("option", { name: "Some Manager" }).first().click();
  const owner = async () =>
    (await api.GET("/api/customers/{id}", { params: { path: { id: ours.id } } })).data?.owner?.name;
  await expect.poll(owner).toBe("Some Manager");
  await expectNotFound(page, `/customers/${theirs.id}`);
  await expectRefused(page, "/webhooks");
  await expectRefused(page, "/settings/custom-fields");
  await page.goto("/teams");
  await expect(page.getByRole("link", { name: "Access team" })).toBeVisible();
  await expect(page.getByRole("button", { name: "New team" })).toHaveAttribute("aria-disabled", "true");
});

test("who may only read sees everything, and can change nothing", async ({ page, api }) => {
  const lead = await makeLead(api, "Read lead");
  const deal = await makeDeal(api, "Read deal");
  await signIn(page, await makeUser(api, "ReadOnly"));
  await page.goto("/leads?search=read");
  await expect(page.getByRole("link", { name: "Read lead" })).toBeVisible();
  await expect(page.getByRole("link", { name: "New lead" })).toBeHidden();
  await expect(page.getByRole("button", { name: "Export" })).toHaveAttribute("aria-disabled", "true");

  await page.goto(`/leads/${lead.id}`);
  await expect(page.getByLabel("Read-only").first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Edit Company" })).toBeHidden();
  await expect(page.getByRole("button", { name: "Convert" })).toHaveAttribute("aria-disabled", "true");
  await page.goto(`/deals/${deal.id}`);
  await expect(page.getByRole("button", { name: "Mark as won" })).toHaveAttribute("aria-disabled", "true");
  await page.goto("/deals");
  await expect(page.getByRole("link", { name: "Read deal" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Move Read deal" })).toBeHidden();
  await expectRefused(page, "/imports");
});
