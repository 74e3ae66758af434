import { startConsole, startServer } from "./support/server";
import { expect, makeCustomer, signIn, test as withOurs } from "./support/test";

/** A server that was built with `examples/custom_plugin`, which this console was built without knowledge of. */
const binary = process.env.CRM_EXAMPLE_BIN;

const test = withOurs.extend<object, { urls: { site: string; server: string } }>({
  urls: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright demands a pattern
    async ({}, use) => {
      const server = await startServer({ binary });
      const site = await startConsole(server.url);
      await use({ site: site.url, server: server.url });
      await site.stop();
      await server.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],
});

test.skip(!binary, "CRM_EXAMPLE_BIN names no server with the example in it");

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
