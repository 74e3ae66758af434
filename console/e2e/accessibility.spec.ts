import { expectAccessible, expectNoViolations } from "./support/axe";
import { moveWebhooks } from "./support/plugin-view";
import { startReceiver } from "./support/receiver";
import { expect, makeLead, makeUser, signIn, test } from "./support/test";

test("signing in", async ({ page }) => {
  await page.goto("/login");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expectNoViolations(page);
});

test("leads, with what opens over them", async ({ page, api }) => {
  await makeLead(api, "Axe", { company: "Engines", tags: ["vip"] });
  await signIn(page);
  await page.goto("/leads");
  await expect(page.getByRole("link", { name: "Axe" })).toBeVisible();
  await expectNoViolations(page);

  await page.getByRole("checkbox", { name: "Select Axe" }).check();
  await page.getByRole("toolbar", { name: "Selected rows" }).waitFor();
  await expectNoViolations(page);

  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await page.getByRole("menuitem", { name: "Status" }).click();
  await page.getByRole("checkbox", { name: "Qualified", exact: true }).waitFor();
  await expectNoViolations(page);
  await page.keyboard.press("Escape");

  await page.getByRole("link", { name: "New lead" }).click();
  await page.getByRole("dialog", { name: "New lead" }).waitFor();
  await expectNoViolations(page);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();

  await page.keyboard.press("Control+k");
  await page.getByRole("dialog", { name: "Search and commands" }).waitFor();
  await expectNoViolations(page);
});

test("no leads", async ({ page }) => {
  await signIn(page);
  await page.goto("/leads?search=nobodyiscalledthis");
  await expect(page.getByText("No lead is like this")).toBeVisible();
  await expectNoViolations(page);
});

test("a lead", async ({ page, api }) => {
  const lead = await makeLead(api, "Record", { company: "Engines", tags: ["vip"] });
  await signIn(page);
  await page.goto(`/leads/${lead.id}`);
  await expect(page.getByText("created this record")).toBeVisible();
  await expectNoViolations(page);

  await page.getByRole("button", { name: "Unqualified" }).click();
  await page.getByRole("dialog", { name: "Why is it unqualified?" }).waitFor();
  await expectNoViolations(page);
});

test("a cell that is edited, that was refused, and of which there are two values", async ({ page, api }) => {
  const name = "Cell";
  const lead = await makeLead(api, name, { company: "Engines" });
  await signIn(page);
  await page.goto(`/leads?search=${encodeURIComponent(name)}&columns=company,emailId`);
  await page.getByRole("cell", { name: lead.emailId ?? "" }).dblclick();
  await page.getByRole("textbox", { name: `Email, ${name}` }).fill("wrong");
  await expectNoViolations(page);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toBeVisible();
  await expectNoViolations(page);

  await page.getByRole("cell", { name: "Engines" }).dblclick();
  await page.getByRole("textbox", { name: `Company, ${name}` }).fill("Mine");
  await api.PATCH("/api/leads/{id}", { params: { path: { id: lead.id } }, body: { company: "Theirs" } });
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Somebody changed it in the meantime" }).waitFor();
  await expectNoViolations(page);
});

test("notifications, before there are any and since", async ({ page, api }) => {
  const agent = await makeUser(api, "Agent");
  await signIn(page, agent);
  await page.goto("/notifications");
  await expect(page.getByText("You have read everything")).toBeVisible();
  await expectNoViolations(page);
  await page.goto("/notifications/preferences");
  await page.getByRole("checkbox").first().waitFor();
  await expectNoViolations(page);

  const lead = await makeLead(api, "Noticed");
  const assignment = { params: { path: { id: lead.id } }, body: { assignedAgent: agent.id } };
  await api.POST("/api/leads/{id}/assign", assignment);
  await page.getByRole("button", { name: "Notifications, 1 unread" }).click();
  await page.getByRole("dialog", { name: "Notifications" }).getByRole("link", { name: lead.name }).waitFor();
  await expectNoViolations(page);
  await page.goto("/notifications?show=all");
  await page.getByRole("main").getByRole("link", { name: lead.name }).waitFor();
  await expectNoViolations(page);
});

test("webhooks, with what opens over them", async ({ page, api }) => {
  const receiver = await startReceiver();
  await signIn(page);
  await page.goto("/webhooks/new");
  await page.getByRole("checkbox", { name: "Leads", exact: true }).waitFor();
  await expectNoViolations(page);

  const made = await api.POST("/api/notifications/webhooks", {
    body: { name: "Hook", url: receiver.url, eventTypes: ["lead.created"] },
  });
  await page.goto("/webhooks");
  await page.getByRole("link", { name: "Hook", exact: true }).click();
  await expect(page.getByText("Nothing was delivered")).toBeVisible();
  await expectNoViolations(page);
  await page.getByRole("button", { name: "Ping" }).click();
  await expect(page.getByRole("row", { name: /Delivered/ })).toBeVisible();
  await expectNoViolations(page);

  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Make another secret…" }).click();
  await page.getByRole("alertdialog").waitFor();
  await expectNoViolations(page);
  await page.getByRole("button", { name: "Make another secret" }).click();
  await page.getByRole("textbox", { name: "Secret" }).waitFor();
  await expectNoViolations(page);
  await page.goto(`/webhooks/${made.data?.webhook.id}/edit`);
  await page.getByRole("dialog", { name: "Edit webhook" }).waitFor();
  await expectNoViolations(page);
  receiver.stop();
});

test("views of a plugin", async ({ page, api }) => {
  const made = await api.POST("/api/notifications/webhooks", {
    body: { name: "View", url: "https://hooks.example.org", eventTypes: ["lead.created"] },
  });
  await signIn(page);
  await moveWebhooks(page);
  await expectAccessible(page, "/hooks", "View");
  await expectAccessible(page, "/hooks/new", "Create");
  await expectAccessible(page, `/hooks/${made.data?.webhook.id}`, "Details");
});
