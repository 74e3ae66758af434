import { expect, makeCustomer, makeUser, signIn, test } from "./support/test";

test("makes a customer, changes them, archives them and brings them back", async ({ signedIn: page }) => {
  await page.goto("/customers");
  await page.getByRole("link", { name: "New customer" }).first().click();
  const dialog = page.getByRole("dialog", { name: "New customer" });
  await expect(dialog.getByRole("textbox", { name: "Name" })).toBeFocused();
  await dialog.getByRole("textbox", { name: "Name" }).fill("Ada Byron");
  await dialog.getByRole("button", { name: "Create customer" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Ada Byron" })).toBeFocused();

  await page.getByRole("button", { name: "Edit Company" }).click();
  await page.getByRole("textbox", { name: "Company" }).fill("Analytical Engines");
  // What happened may be told before the answer of the change is here: who archives then does so to a version before.
  const saved = page.waitForResponse((answer) => answer.request().method() === "PATCH");
  await page.getByRole("textbox", { name: "Company" }).press("Enter");
  await saved;
  await expect(page.getByRole("main").getByText("changed this record")).toBeVisible();

  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Archive" }).click();
  await expect(page.getByText("Ada Byron is archived")).toBeVisible();
  const restored = page.waitForResponse((answer) => answer.url().endsWith("/restore"));
  await page.getByRole("button", { name: "Undo" }).click();
  await restored;
  await page.goto("/customers");
  await expect(page.getByRole("link", { name: "Ada Byron" })).toBeVisible();
});

test("writes a note that mentions somebody, and takes it away", async ({ signedIn: page, api }) => {
  const customer = await makeCustomer(api, "Noted");
  const manager = await makeUser(api, "Manager");
  await page.goto(`/customers/${customer.id}`);
  const note = page.getByRole("textbox", { name: "Note" });
  await note.fill("Ask ");
  await note.press("End");
  await note.pressSequentially("@");
  await page.getByRole("combobox", { name: "Person" }).fill("Some Manager");
  await page.getByRole("option", { name: "Some Manager" }).first().click();
  await expect(note).toHaveValue(/Ask @Some Manager/);
  await page.getByRole("button", { name: "Add note" }).click();
  await expect(page.getByText("@Some Manager")).toBeVisible();
  const path = { id: customer.id };
  await expect
    .poll(async () => (await api.GET("/api/customers/{id}", { params: { path } })).data?.notes[0]?.text)
    .toContain("@[");
  expect(manager.name).toBe("Some Manager");

  await page.getByRole("button", { name: "Remove the note" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove" }).click();
  await expect(page.getByText("removed a note")).toBeVisible();
});

test("two browsers that change the same field decide whose value it is to be", async ({
  signedIn: page,
  api,
  browser,
  baseURL,
}) => {
  const customer = await makeCustomer(api, "Contested", { company: "Before" });
  const other = await (await browser.newContext({ baseURL: baseURL ?? "" })).newPage();
  await signIn(other);
  await page.goto(`/customers/${customer.id}`);
  await other.goto(`/customers/${customer.id}`);

  const edit = async (where: typeof page, value: string) => {
    await where.getByRole("button", { name: "Edit Company" }).click();
    await where.getByRole("textbox", { name: "Company" }).fill(value);
  };
  const save = (where: typeof page) => where.getByRole("textbox", { name: "Company" }).press("Enter");
  await edit(page, "Mine");
  await edit(other, "Theirs");
  await save(other);
  await expect(other.getByRole("main").getByText("changed this record")).toBeVisible();
  await save(page);
  const conflict = page.getByRole("dialog", { name: "Somebody changed it in the meantime" });
  await expect(conflict).toContainText("Mine");
  await expect(conflict).toContainText("Theirs");
  await conflict.getByRole("button", { name: "Take theirs" }).click();
  await expect(page.getByRole("button", { name: "Edit Company" })).toHaveText("Theirs");
  await other.context().close();
});

test("merges two customers and takes the merge back", async ({ signedIn: page, api }) => {
  const emailId = `${crypto.randomUUID()}@example.org`;
  const target = await makeCustomer(api, "Grace Hopper", { emailId, company: "Navy" });
  const source = await makeCustomer(api, "Grace B. Hopper", {
    emailId,
    company: "Yale",
    phone: "+1 555 0100",
  });
  await page.goto(`/customers/${target.id}`);
  await page.getByRole("button", { name: "Compare and merge" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("checkbox", { name: /Grace B. Hopper/ }).click();
  await dialog.getByRole("radio", { name: "Yale" }).check();
  await expect(dialog.getByRole("region", { name: "The customer will be" })).toContainText("Yale");
  await dialog.getByRole("button", { name: "Merge 1 customer" }).click();
  await expect(page.getByRole("button", { name: "Edit Company" })).toHaveText("Yale");

  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("The merge is undone")).toBeVisible();
  await expect(page.getByRole("button", { name: "Edit Company" })).toHaveText("Navy");
  const back = await api.GET("/api/customers/{id}", { params: { path: { id: source.id } } });
  expect(back.data?.mergedInto).toBeNull();
});

test("an Agent sees their own customers, and may neither assign, merge nor export", async ({ page, api }) => {
  const agent = await makeUser(api, "Agent");
  await makeCustomer(api, "Of somebody else");
  const mine = await makeCustomer(api, "Of the agent", { owner: agent.id });
  await signIn(page, agent);
  await page.goto("/customers");
  await expect(page.getByRole("link", { name: "Of the agent" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Of somebody else" })).toBeHidden();
  await expect(page.getByRole("button", { name: "Export" })).toHaveAttribute("aria-disabled", "true");
  await expect(page.getByRole("link", { name: "Imports" })).toBeHidden();

  await page.goto(`/customers/${mine.id}`);
  await expect(page.getByRole("button", { name: "Edit Name" })).toBeVisible();
  await expect(page.getByRole("combobox", { name: "Owner" })).toBeHidden();
  await page.getByRole("button", { name: "More actions" }).click();
  await expect(page.getByRole("menuitem", { name: /Merge others/ })).toHaveAttribute("aria-disabled", "true");
});

test("who may only read sees fields, but cannot change them", async ({ page, api }) => {
  const reader = await makeUser(api, "ReadOnly");
  const customer = await makeCustomer(api, "Only looked at");
  await signIn(page, reader);
  await page.goto(`/customers/${customer.id}`);
  await expect(page.getByLabel("Read-only").first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Edit Name" })).toBeHidden();
  await expect(page.getByRole("textbox", { name: "Note" })).toBeHidden();
});
