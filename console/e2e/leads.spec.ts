import { expect, makeLead, test } from "./support/test";

test("makes a lead, changes it, archives it and brings it back", async ({ signedIn: page }) => {
  await page.goto("/leads");
  await page.getByRole("link", { name: "New lead" }).first().click();
  const dialog = page.getByRole("dialog", { name: "New lead" });
  await dialog.getByRole("textbox", { name: "Name" }).fill("Ada Lovelace");
  await dialog.getByRole("textbox", { name: "Email" }).fill("ada@engine.example");
  await dialog.getByRole("button", { name: "Create lead" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Ada Lovelace" })).toBeFocused();

  await page.getByRole("button", { name: "Edit Company" }).click();
  await page.getByRole("textbox", { name: "Company" }).fill("Analytical Engines");
  await page.getByRole("textbox", { name: "Company" }).press("Enter");
  await expect(page.getByRole("button", { name: "Edit Company" })).toHaveText("Analytical Engines");
  await expect(page.getByRole("button", { name: "Edit Company" })).toBeFocused();

  await page.getByRole("button", { name: "Contacted" }).click();
  await expect(page.getByRole("main").getByText("changed the status")).toBeVisible();

  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Archive" }).click();
  await expect(page.getByText("Ada Lovelace is archived")).toBeVisible();
  await expect(page).toHaveURL(/\/leads$/);
  await expect(page.getByRole("link", { name: "Ada Lovelace" })).toBeHidden();

  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("link", { name: "Ada Lovelace" })).toBeVisible();
});

test("two who change the same field decide whose value it is to be", async ({ signedIn: page, api }) => {
  const lead = await makeLead(api, "Grace Hopper", { company: "Navy" });
  await page.goto(`/leads/${lead.id}`);
  await expect(page.getByRole("button", { name: "Edit Company" })).toHaveText("Navy");
  await page.getByRole("button", { name: "Edit Company" }).click();
  await page.getByRole("textbox", { name: "Company" }).fill("Mine");
  await api.PATCH("/api/leads/{id}", { params: { path: { id: lead.id } }, body: { company: "Theirs" } });
  await page.getByRole("textbox", { name: "Company" }).press("Enter");
  const conflict = page.getByRole("dialog", { name: "Somebody changed it in the meantime" });
  await expect(conflict).toContainText("Mine");
  await expect(conflict).toContainText("Theirs");
  await conflict.getByRole("button", { name: "Keep mine" }).click();
  await expect(page.getByRole("button", { name: "Edit Company" })).toHaveText("Mine");
  await expect
    .poll(async () => (await api.GET("/api/leads/{id}", { params: { path: { id: lead.id } } })).data?.company)
    .toBe("Mine");
});

test("Back comes to the row that was left, and marks it", async ({ signedIn: page, api }) => {
  const made = await api.POST("/api/leads/batch", {
    body: {
      items: Array.from({ length: 100 }, (_, index) => ({
        name: `Row ${index}`,
        phone: `+1 555 01${index + 100}`,
      })),
    },
  });
  expect(made.data?.created).toBe(100);
  await page.goto("/leads?search=Row&sort=name");
  const list = page.getByRole("region", { name: "Leads" });
  await expect(page.getByRole("link", { name: "Row 0", exact: true })).toBeVisible();
  await list.evaluate((element) => element.scrollTo({ top: 2000 }));
  await page.getByRole("link", { name: "Row 60", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Row 60" })).toBeVisible();

  await page.goBack();
  await expect(page).toHaveURL(/selected=/);
  const row = page.getByRole("row").filter({ has: page.getByRole("link", { name: "Row 60", exact: true }) });
  await expect(row).toBeInViewport();
  await expect.poll(() => list.evaluate((element) => element.scrollTop)).toBeGreaterThan(1800);
});

test("archives all that match, and undoes it", async ({ signedIn: page, api }) => {
  for (const name of ["Bulk one", "Bulk two", "Bulk three"]) await makeLead(api, name, { tags: ["bulk"] });
  await page.goto("/leads?tag=bulk");
  await page.getByRole("checkbox", { name: "Select Bulk one" }).check();
  await page.getByRole("button", { name: "Select all 3" }).click();
  await page.getByRole("button", { name: "Archive" }).click();
  await expect(page.getByText("3 records done").first()).toBeVisible();
  await expect(page.getByText("No lead is like this")).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("link", { name: "Bulk two" })).toBeVisible();
});

test("keeps a view, and says when it was modified", async ({ signedIn: page }) => {
  await page.goto("/leads?status=Qualified");
  await page.getByRole("button", { name: "All", exact: true }).click();
  await page.getByRole("menuitem", { name: "Save as a new view…" }).click();
  const dialog = page.getByRole("dialog", { name: "Save as a new view" });
  await dialog.getByLabel("Name").fill("Hot ones");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("button", { name: "Hot ones" })).toBeVisible();
  await expect(page.getByText("Modified")).toBeHidden();

  await page.getByRole("button", { name: "Remove the filter Status" }).click();
  await expect(page.getByText("Modified")).toBeVisible();
  await page.reload();
  await expect(page.getByText("Modified")).toBeVisible();
  await page.getByRole("button", { name: "Reset" }).click();
  await expect(page).toHaveURL(/status=Qualified/);
  await expect(page.getByText("Modified")).toBeHidden();
});
