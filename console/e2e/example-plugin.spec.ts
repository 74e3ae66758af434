import { join } from "node:path";
import { expect, makeCustomer, signIn, test } from "./support/test";

// The server of `examples/custom_server`, with a plugin that this console was built without knowledge of.
const binary =
  process.env.CRM_EXAMPLE_BIN ?? join(import.meta.dirname, "../../target/debug/examples/custom_server");

test.use({ server: { binary } });

test("visits are planned and seen without a screen that was built for them", async ({ page, api }) => {
  const customer = await makeCustomer(api, "Visited");
  await signIn(page);
  await page.getByRole("link", { name: "Visits" }).click();
  await expect(page.getByText("Nothing here yet")).toBeVisible();
  await page.getByRole("link", { name: "New" }).first().click();
  await page.getByRole("textbox", { name: "Name" }).fill("First visit");
  const picker = page.getByRole("combobox", { name: "Customer" });
  await picker.fill("Visited");
  await page.getByRole("option", { name: "Visited" }).click();
  await page.getByRole("button", { name: "Create" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "First visit" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Visited" })).toHaveAttribute(
    "href",
    `/customers/${customer.id}`,
  );
  await page.getByRole("link", { name: "Visits" }).first().click();
  await expect(page.getByRole("cell", { name: "Visited" })).toBeVisible();
});
