import { expectAccessiblePlace, expectNoViolations } from "./support/axe";
import { places } from "./support/routes";
import { withoutStreams } from "./support/settle";
import { expect, makeCustomer, makeDeal, makeLead, makeTask, makeUser, signIn, test } from "./support/test";

test.use({ server: { demoLeads: 500 } });

test("every place with something in it", async ({ page, api }) => {
  test.setTimeout(300_000);
  const lead = await makeLead(api, "Of the walk", { company: "Engines", tags: ["vip"] });
  const customer = await makeCustomer(api, "Of the walk", { emailId: "walk@example.org" });
  const today = new Date().toISOString().slice(0, 10);
  const agent = await makeUser(api, "Agent");
  const task = await makeTask(api, { title: "Walk", dueDate: today, assignedTo: agent.id });
  const deal = await makeDeal(api, "Of the walk", { customerId: customer.id });
  const team = await api.POST("/api/teams", { body: { name: "Walkers" } });
  const role = await api.POST("/api/roles", { body: { name: "Walker" } });
  const hook = await api.POST("/api/notifications/webhooks", {
    body: { name: "Walk", url: "https://hooks.example.org", eventTypes: ["lead.created"] },
  });
  const file = new Blob(["name,email\nWalk,walk@example.com\nBad,none\n"]);
  const upload = await api.POST("/api/imports", {
    body: file,
    bodySerializer: (body: unknown) => body,
    headers: { "Content-Type": "text/csv" },
  });
  const ids: Record<string, string | undefined> = {
    leads: lead.id,
    customers: customer.id,
    tasks: task.id,
    deals: deal.id,
    users: agent.id,
    teams: team.data?.id,
    roles: role.data?.id,
    webhooks: hook.data?.webhook.id,
    imports: upload.data?.id,
  };
  await withoutStreams(page);
  await signIn(page);
  for (const place of places()) {
    const [, kind = ""] = place.split("/");
    if (place.includes(":id")) expect(ids[kind], `a record for ${place}`).toBeDefined();
    await expectAccessiblePlace(page, place.replace(":id", ids[kind] ?? "").replace("/:section?", ""));
  }
});

test("menus and lists that are open", async ({ page }) => {
  await signIn(page);
  await page.goto("/leads");
  await page.getByRole("table", { name: "Leads" }).getByRole("link").first().waitFor();
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await page.getByRole("menuitem").first().waitFor();
  await expectNoViolations(page);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Account of Admin" }).click();
  await page.getByRole("menuitem").first().waitFor();
  await expectNoViolations(page);
  await page.keyboard.press("Escape");
  await page.goto("/tasks/new");
  await page.getByRole("dialog").getByRole("combobox").first().click();
  await page.getByRole("listbox").waitFor();
  await expectNoViolations(page);
});
