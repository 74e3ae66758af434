import { expect, makeLead, test } from "./support/test";

test("an Admin defines a field, which is filled in, listed, filtered and changed until it is archived", async ({
  signedIn: page,
  api,
}) => {
  await page.goto("/settings/custom-fields");
  await page.getByRole("button", { name: "New field" }).click();
  const dialog = page.getByRole("dialog", { name: "New field" });
  await dialog.getByRole("textbox", { name: "Name" }).fill("Head count");
  await dialog.getByRole("combobox", { name: "Holds" }).click();
  await page.getByRole("option", { name: "Number" }).click();
  await expect(dialog.getByRole("textbox", { name: "Key" })).toHaveValue("headCount");
  await dialog.getByRole("textbox", { name: "Largest" }).fill("1000");
  await dialog.getByRole("button", { name: "Create field" }).click();
  await expect(page.getByRole("button", { name: "Edit Head count" })).toBeVisible();

  // In the form of a new lead, which keeps to what the field takes.
  await page.goto("/leads/new");
  const form = page.getByRole("dialog", { name: "New lead" });
  await form.getByRole("textbox", { name: "Name" }).fill("Counted Lead");
  await form.getByLabel("Email").fill(`${crypto.randomUUID()}@example.org`);
  await form.getByRole("textbox", { name: "Head count" }).fill("2000");
  await form.getByRole("button", { name: "Create lead" }).click();
  await expect(form.getByRole("textbox", { name: "Head count" })).toHaveAttribute("aria-invalid", "true");
  await form.getByRole("textbox", { name: "Head count" }).fill("250");
  await form.getByRole("button", { name: "Create lead" }).click();

  // On the record, where it is changed.
  await page.getByRole("heading", { level: 1, name: "Counted Lead" }).waitFor();
  await page.getByRole("button", { name: "Edit Head count" }).click();
  await page.getByRole("textbox", { name: "Head count" }).fill("300");
  await page.getByRole("textbox", { name: "Head count" }).press("Enter");
  await expect(page.getByRole("main").getByText("300", { exact: true }).first()).toBeVisible();
  const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  const custom = async () =>
    (await api.GET("/api/leads/{id}", { params: { path: { id } } })).data?.custom.headCount;
  await expect.poll(custom).toBe(300);

  // A column and a filter of the list.
  await makeLead(api, "Uncounted Lead");
  await page.goto("/leads?search=counted&columns=company,custom.headCount");
  await expect(page.getByRole("columnheader", { name: "Head count" })).toBeVisible();
  await expect(page.getByRole("cell", { name: "300" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Uncounted Lead" })).toBeVisible();
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await page.getByRole("menuitem", { name: "Head count" }).click();
  await page.getByRole("spinbutton", { name: "From" }).fill("200");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("link", { name: "Uncounted Lead" })).toBeHidden();
  await expect(page.getByRole("link", { name: "Counted Lead", exact: true })).toBeVisible();

  await page.goto("/settings/custom-fields");
  await page.getByRole("button", { name: "More about Head count" }).click();
  await page.getByRole("menuitem", { name: "Archive" }).click();
  await expect(page.getByRole("button", { name: "Edit Head count" })).toBeHidden();
  await page.goto(`/leads/${id}`);
  await page.getByRole("heading", { level: 1, name: "Counted Lead" }).waitFor();
  await expect(page.getByRole("button", { name: "Edit Company" })).toBeVisible();
  await expect(page.getByText("Head count", { exact: true })).toBeHidden();
  await page.goto("/leads/new");
  await form.getByRole("textbox", { name: "Name" }).waitFor();
  await expect(form.getByRole("textbox", { name: "Head count" })).toBeHidden();
});
