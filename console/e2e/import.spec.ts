import { readFile } from "node:fs/promises";
import { expect, test } from "./support/test";

const file = (rows: string[]) => ({
  name: "leads.csv",
  mimeType: "text/csv",
  buffer: Buffer.from(["Full name,E-Mail,Mail two,Stage", ...rows].join("\n")),
});

test("imports a file with errors, and takes it back", async ({ signedIn: page, api }) => {
  await page.goto("/imports");
  await expect(page.getByText("No imports yet")).toBeVisible();
  await page.getByRole("link", { name: "New import" }).click();
  await page
    .locator('input[type="file"]')
    .setInputFiles(
      file([
        "Imported One,import1@example.org,,New",
        "Imported Two,nonsense,,New",
        ",import3@example.org,,New",
        "Imported Four,import4@example.org,,Bogus",
        "Imported Five,import5@example.org,,Contacted",
      ]),
    );
  await expect(page.getByRole("combobox", { name: "What Full name holds" })).toHaveText("Name");

  // Two columns cannot hold the same.
  await page.getByRole("combobox", { name: "What Mail two holds" }).click();
  await page.getByRole("option", { name: "Email" }).click();
  await expect(page.getByRole("alert")).toContainText("More than one column is to hold: Email");
  await expect(page.getByRole("button", { name: "Preview" })).toHaveAttribute("aria-disabled", "true");
  await page.getByRole("combobox", { name: "What Mail two holds" }).click();
  await page.getByRole("option", { name: "Leave out" }).click();

  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.getByText("Something seems to be wrong in 2 of the first 5 rows.")).toBeVisible();
  await page.getByRole("button", { name: "Send and check all rows" }).click();
  await expect(page.getByText("will be created")).toBeVisible();
  await page.reload();
  await expect(page.getByRole("definition").first()).toHaveText("2");
  await expect(page.getByRole("row", { name: /^5 status/ })).toBeVisible();

  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download as CSV" }).click();
  const errors = await readFile(await (await download).path(), "utf8");
  expect(errors).toContain("Imported Two");

  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByRole("link", { name: "See the leads" })).toBeVisible();
  const made = await api.GET("/api/leads", { params: { query: { search: "imported" } } });
  expect(made.data?.totalLeads).toBe(2);

  await page.getByRole("button", { name: "Take the import back…" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Take back" }).click();
  await expect(page.getByText("taken back")).toBeVisible();
  const left = await api.GET("/api/leads", { params: { query: { search: "imported" } } });
  expect(left.data?.totalLeads).toBe(0);
});
