import { expect, findStage, makeCustomer, makeLead, makeUser, signIn, test } from "./support/test";

test("from a lead to a customer, to a deal that is won", async ({ signedIn: page, api }) => {
  await page.goto("/leads");
  await page.getByRole("link", { name: "New lead" }).first().click();
  const form = page.getByRole("dialog", { name: "New lead" });
  await form.getByRole("textbox", { name: "Name" }).fill("Katherine Johnson");
  await form.getByLabel("Email").fill(`${crypto.randomUUID()}@example.org`);
  await form.getByLabel("Company").fill("Langley");
  await form.getByRole("button", { name: "Create lead" }).click();
  await page.getByRole("heading", { level: 1, name: "Katherine Johnson" }).waitFor();
  await page
    .getByRole("group", { name: "Move to" })
    .getByRole("button", { name: "Qualified", exact: true })
    .click();

  await page.getByRole("button", { name: "Convert" }).click();
  const dialog = page.getByRole("dialog", { name: "Convert Katherine Johnson" });
  await expect(dialog.getByRole("region", { name: "What will happen" })).toContainText("Langley");
  await dialog.getByRole("checkbox", { name: "Make a deal with this customer" }).click();
  await dialog.getByRole("textbox", { name: "Name" }).fill("Orbit calculations");
  await dialog.getByRole("textbox", { name: "Amount" }).fill("12,000");
  await dialog.getByRole("button", { name: "Convert" }).click();

  await expect(page).toHaveURL(/\/customers\//);
  await expect(page.getByRole("heading", { level: 1, name: "Katherine Johnson" })).toBeVisible();
  await page.getByRole("link", { name: "Orbit calculations" }).click();
  await page.getByRole("button", { name: "Mark as won" }).click();
  await expect(page.getByRole("button", { name: "Reopen" })).toBeVisible();
  const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  const won = await findStage(api, "Won");
  const saved = async () => (await api.GET("/api/deals/{id}", { params: { path: { id } } })).data;
  await expect.poll(async () => (await saved())?.stage.id).toBe(won.id);
  expect((await saved())?.amount).toEqual({ amount: 1_200_000, currency: "EUR" });
});

test("links a lead to the customer with the same address, and takes that back", async ({
  signedIn: page,
  api,
}) => {
  const lead = await makeLead(api, "Dorothy Vaughan", { company: "Langley" });
  const customer = await makeCustomer(api, "D. Vaughan", { emailId: lead.emailId ?? "" });
  await page.goto(`/leads/${lead.id}`);
  await page.getByRole("button", { name: "Convert" }).click();
  const dialog = page.getByRole("dialog", { name: "Convert Dorothy Vaughan" });
  await expect(dialog.getByRole("radio", { name: /The customer D. Vaughan/ })).toBeChecked();
  await expect(dialog.getByText(/same email/)).toBeVisible();
  await expect(dialog.getByRole("region", { name: "What will happen" })).toContainText("Langley");
  await dialog.getByRole("button", { name: "Convert" }).click();
  await expect(page).toHaveURL(new RegExp(`/customers/${customer.id}`));

  await page.goto(`/leads/${lead.id}`);
  await expect(page.getByText("This lead became the customer")).toContainText("D. Vaughan");
  await page.getByRole("button", { name: "Undo the conversion" }).click();
  await expect(page.getByText("The conversion of Dorothy Vaughan is undone").first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Convert" })).toBeVisible();
});

test("takes a conversion back with the deal that was made along", async ({ signedIn: page, api }) => {
  const lead = await makeLead(api, "Mary Jackson");
  await page.goto(`/leads/${lead.id}`);
  await page.getByRole("button", { name: "Convert" }).click();
  const dialog = page.getByRole("dialog", { name: "Convert Mary Jackson" });
  await dialog.getByRole("region", { name: "What will happen" }).waitFor();
  await dialog.getByRole("checkbox", { name: "Make a deal with this customer" }).click();
  await dialog.getByRole("button", { name: "Convert" }).click();
  await expect(page).toHaveURL(/\/customers\//);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("The conversion of Mary Jackson is undone").first()).toBeVisible();
  const saved = await api.GET("/api/leads/{id}", { params: { path: { id: lead.id } } });
  expect(saved.data?.status).toBe("Qualified");
  const deals = await api.GET("/api/deals", { params: { query: { search: "Mary Jackson" } } });
  expect(deals.data?.totalDeals).toBe(0);
});

test("converts by the keyboard alone", async ({ signedIn: page, api }) => {
  const lead = await makeLead(api, "Annie Easley");
  await page.goto(`/leads/${lead.id}`);
  await page.getByRole("button", { name: "Convert" }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Convert Annie Easley" });
  await dialog.getByRole("region", { name: "What will happen" }).waitFor();
  const deal = dialog.getByRole("checkbox", { name: "Make a deal with this customer" });
  for (let presses = 0; presses < 10; presses += 1) {
    if (await deal.evaluate((element) => element === document.activeElement)) break;
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Space");
  await page.keyboard.press("Tab");
  await expect(dialog.getByRole("textbox", { name: "Name" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/customers\//);
  await expect(page.getByRole("heading", { level: 1, name: "Annie Easley" })).toBeFocused();
});

test("an Agent converts their own leads, but may not take it back", async ({ page, api }) => {
  const agent = await makeUser(api, "Agent");
  const lead = await makeLead(api, "Of an agent");
  await api.POST("/api/leads/{id}/assign", {
    params: { path: { id: lead.id } },
    body: { assignedAgent: agent.id },
  });
  await signIn(page, agent);
  await page.goto(`/leads/${lead.id}`);
  await page.getByRole("button", { name: "Convert" }).click();
  const dialog = page.getByRole("dialog", { name: "Convert Of an agent" });
  await dialog.getByRole("region", { name: "What will happen" }).waitFor();
  await dialog.getByRole("button", { name: "Convert" }).click();
  await expect(page).toHaveURL(/\/customers\//);
  await expect(page.getByText("Of an agent is now the customer").first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Undo" })).toBeHidden();
  await page.goto(`/leads/${lead.id}`);
  await expect(page.getByRole("button", { name: "Undo the conversion" })).toHaveAttribute(
    "aria-disabled",
    "true",
  );
});
