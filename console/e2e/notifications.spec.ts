import { startReceiver } from "./support/receiver";
import { expect, makeLead, makeUser, signIn, test } from "./support/test";

test("somebody hears at once of what is assigned to them, and goes there", async ({ page, api }) => {
  const agent = await makeUser(api, "Agent");
  const listening = page.waitForResponse((response) => response.url().endsWith("/notifications/stream"));
  await signIn(page, agent);
  await listening;
  await expect(page.getByRole("button", { name: "Notifications", exact: true })).toBeVisible();

  const lead = await makeLead(api, "For the agent");
  await api.POST("/api/leads/{id}/assign", {
    params: { path: { id: lead.id } },
    body: { assignedAgent: agent.id },
  });
  await page.getByRole("button", { name: "Notifications, 1 unread" }).click();
  const latest = page.getByRole("dialog", { name: "Notifications" });
  await expect(latest.getByText("Assigned to you · Admin")).toBeVisible();
  await latest.getByRole("link", { name: "For the agent" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "For the agent" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Notifications", exact: true })).toBeVisible();

  // What was read is read after a reload too, and stays in the list of all.
  await page.goto("/notifications");
  await expect(page.getByText("You have read everything")).toBeVisible();
  await page.getByRole("link", { name: "Show all" }).click();
  await expect(page.getByRole("main").getByRole("link", { name: "For the agent" })).toBeVisible();
});

test("nobody hears of what they chose not to", async ({ page, api }) => {
  const agent = await makeUser(api, "Agent");
  await signIn(page, agent);
  await page.goto("/notifications/preferences");
  const assigned = page.getByRole("checkbox", { name: "Assigned to you: in the console" });
  await expect(assigned).toBeChecked();
  const saved = page.waitForResponse((response) => response.request().method() === "PATCH");
  await assigned.click();
  await saved;
  await page.reload();
  await expect(assigned).not.toBeChecked();
});

test("a webhook is made, tried, and told what happens; the log shows it", async ({ signedIn: page, api }) => {
  const receiver = await startReceiver();
  await page.goto("/webhooks");
  await page.getByRole("link", { name: "New webhook" }).first().click();
  const dialog = page.getByRole("dialog", { name: "New webhook" });
  await dialog.getByRole("textbox", { name: "Name" }).fill("Billing");
  await dialog.getByRole("textbox", { name: "Address" }).fill(receiver.url);
  await dialog.getByRole("searchbox").fill("lead was made");
  await dialog.getByRole("checkbox", { name: /lead\.created/ }).check();
  await dialog.getByRole("button", { name: "Create webhook" }).click();
  await expect(page.getByRole("textbox", { name: "Secret" })).toHaveValue(/^whsec_/);
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Billing" })).toBeVisible();
  await expect(page.getByText("Nothing was delivered")).toBeVisible();

  await page.getByRole("button", { name: "Ping" }).click();
  const ping = page.getByRole("row").filter({ hasText: "notifications.webhook-pinged" });
  await expect(ping).toContainText("Delivered");
  await expect(ping).toContainText("204");
  expect(receiver.received[0]?.headers["webhook-signature"]).toMatch(/^v1,/);

  await ping.getByRole("button", { name: "Deliver notifications.webhook-pinged again" }).click();
  await expect.poll(() => receiver.received.length).toBe(2);
  expect(receiver.received[1]?.headers["webhook-id"]).toBe(receiver.received[0]?.headers["webhook-id"]);

  receiver.answer.status = 500;
  const lead = await makeLead(api, "Told of");
  await expect.poll(() => receiver.received.at(-1)?.body.data.resourceId).toBe(lead.id);
  const refused = page.getByRole("row").filter({ hasText: "lead.created" });
  // The receiver knows of the attempt before the log does.
  await expect(async () => {
    await page.reload();
    await expect(refused).toContainText("Tried again later", { timeout: 2000 });
  }).toPass();
  await expect(refused).toContainText("500");

  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Switch off" }).click();
  await expect(page.getByText("Switched off")).toBeVisible();
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Delete…" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Webhooks" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Billing" })).toBeHidden();
  receiver.stop();
});

test("a webhook to an address within is refused at its field", async ({ signedIn: page }) => {
  await page.goto("/webhooks/new");
  const dialog = page.getByRole("dialog", { name: "New webhook" });
  await dialog.getByRole("textbox", { name: "Name" }).fill("Inward");
  await dialog.getByRole("textbox", { name: "Address" }).fill("http://10.0.0.1/hook");
  await dialog.getByRole("checkbox", { name: "Leads", exact: true }).check();
  await dialog.getByRole("button", { name: "Create webhook" }).click();
  await expect(dialog.getByRole("textbox", { name: "Address" })).toHaveAttribute("aria-invalid", "true");
  await expect(dialog.getByRole("textbox", { name: "Address" })).toHaveValue("http://10.0.0.1/hook");
});

test("who may not see webhooks is not led there", async ({ page, api }) => {
  await signIn(page, await makeUser(api, "Agent"));
  await expect(
    page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Leads" }),
  ).toBeVisible();
  await expect(page.getByRole("link", { name: "Webhooks" })).toBeHidden();
});
