import { moveWebhooks } from "./support/plugin-view";
import { expect, test } from "./support/test";

test("what a plugin says of itself is a place, a list, a form and a page", async ({ signedIn: page }) => {
  await moveWebhooks(page);
  await page.goto("/");
  await page.getByRole("link", { name: "Hooks", exact: true }).click();
  await page.getByRole("link", { name: "New" }).first().click();
  await page.getByRole("button", { name: "Create" }).click();
  await expect(page.getByText("Name is required")).toBeVisible();

  await page.getByRole("textbox", { name: "Name" }).fill("Generic");
  await page.getByRole("textbox", { name: "Url" }).fill("http://10.0.0.1/hook");
  await page.getByRole("textbox", { name: "Event types" }).fill("lead.created\nlead.archived");
  await page.getByRole("button", { name: "Create" }).click();
  // What the server refuses is said at the field, and nothing that was typed is lost.
  await expect(page.getByRole("textbox", { name: "Url" })).toHaveAttribute("aria-invalid", "true");
  await page.getByRole("textbox", { name: "Url" }).fill("https://hooks.example.org/crm");
  await page.getByRole("button", { name: "Create" }).click();
  await expect(page.getByRole("link", { name: "Generic" })).toBeVisible();
});

test("a record of a plugin is shown and changed", async ({ signedIn: page, api }) => {
  const made = await api.POST("/api/notifications/webhooks", {
    body: { name: "Shown", url: "https://hooks.example.org/crm", eventTypes: ["lead.created"] },
  });
  const id = made.data?.webhook.id ?? "";
  await moveWebhooks(page);
  await page.goto("/hooks");
  await page.getByRole("link", { name: "Shown" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Shown" })).toBeVisible();
  await expect(page.getByText("lead.created")).toBeVisible();
  await expect(page.getByRole("link", { name: "Admin" })).toBeVisible();

  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("Changed");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Changed" })).toBeVisible();
  const saved = await api.GET("/api/notifications/webhooks/{id}", { params: { path: { id } } });
  expect(saved.data).toMatchObject({ name: "Changed", eventTypes: ["lead.created"], version: 2 });

  // Lists of plugins are live too.
  await page.getByRole("main").getByRole("link", { name: "Hooks" }).click();
  await expect(page.getByRole("link", { name: "Changed" })).toBeVisible();
  await api.PATCH("/api/notifications/webhooks/{id}", { params: { path: { id } }, body: { name: "Live" } });
  await expect(page.getByRole("link", { name: "Live" })).toBeVisible();
});
