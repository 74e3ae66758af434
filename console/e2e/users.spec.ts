import { expect, makeCustomer, makeLead, makeTask, makeUser, signIn, test } from "./support/test";

test("the Admin makes a user, who sets their password by the link and signs in", async ({
  signedIn: page,
  browser,
  baseURL,
}) => {
  const emailId = `grace.${crypto.randomUUID().slice(0, 8)}@example.org`;
  await page.goto("/users");
  await page.getByRole("link", { name: "New user" }).click();
  const dialog = page.getByRole("dialog", { name: "New user" });
  await dialog.getByRole("textbox", { name: "Name" }).fill("Grace Hopper");
  await dialog.getByRole("textbox", { name: "Email" }).fill(emailId);
  await dialog.getByRole("button", { name: "Create user" }).click();
  await expect(dialog.getByRole("alert")).toHaveText("Choose at least one role");
  await dialog.getByRole("checkbox", { name: "Agent", exact: true }).check();
  await dialog.getByRole("button", { name: "Create user" }).click();

  const made = page.getByRole("dialog", { name: "Grace Hopper is created" });
  const link = await made.getByRole("textbox", { name: "Password link" }).inputValue();
  await made.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Grace Hopper" })).toBeVisible();

  const theirs = await (await browser.newContext({ baseURL: baseURL ?? "" })).newPage();
  const { pathname, hash } = new URL(link);
  await theirs.goto(pathname + hash);
  const password = `violet-${crypto.randomUUID()}`;
  await theirs.getByLabel("New password").fill(password);
  await theirs.getByRole("button", { name: "Set the password" }).click();
  await theirs.getByRole("link", { name: "Sign in" }).click();
  await signIn(theirs, { name: "Grace Hopper", emailId, password });
  await expect(theirs.getByRole("button", { name: "Account of Grace Hopper" })).toBeVisible();

  await page.reload();
  await expect(page.getByText("Chrome on Linux")).toBeVisible();
  await page.getByRole("button", { name: "End", exact: true }).click();
  await expect(page.getByText("Signed in nowhere.")).toBeVisible();
  await theirs.context().close();
});

test("the Admin makes a user with a password", async ({ signedIn: page, browser, baseURL }) => {
  const emailId = `second.${crypto.randomUUID().slice(0, 8)}@example.org`;
  const password = `violet-${crypto.randomUUID()}`;
  await page.goto("/users/new");
  const dialog = page.getByRole("dialog", { name: "New user" });
  await dialog.getByRole("textbox", { name: "Name" }).fill("Second Agent");
  await dialog.getByRole("textbox", { name: "Email" }).fill(emailId);
  await dialog.getByRole("checkbox", { name: "Agent", exact: true }).check();
  await dialog.getByRole("checkbox", { name: "ReadOnly" }).check();
  await dialog.getByRole("radio", { name: "I set it, and they change it" }).check();
  await dialog.getByLabel("Password").fill("too short");
  await dialog.getByRole("button", { name: "Create user" }).click();
  await expect(dialog.getByLabel("Password")).toHaveAttribute("aria-invalid", "true");
  await dialog.getByLabel("Password").fill(password);
  await dialog.getByRole("button", { name: "Create user" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Second Agent" })).toBeVisible();
  await expect(page.getByRole("link", { name: "ReadOnly" })).toBeVisible();

  const theirs = await (await browser.newContext({ baseURL: baseURL ?? "" })).newPage();
  await signIn(theirs, { name: "Second Agent", emailId, password });
  await theirs.context().close();
});

test("disables somebody, gives their records to somebody else, and lets them in again", async ({
  signedIn: page,
  api,
}) => {
  const leaver = await makeUser(api, "Agent");
  const lead = await makeLead(api, "Left behind");
  const path = { id: lead.id };
  await api.POST("/api/leads/{id}/assign", { params: { path }, body: { assignedAgent: leaver.id } });
  await makeCustomer(api, "Left behind too", { owner: leaver.id });
  await makeTask(api, { title: "To be handed on", assignedTo: leaver.id });

  await page.goto(`/users/${leaver.id}`);
  await page.getByRole("button", { name: "Disable…" }).click();
  const dialog = page.getByRole("dialog", { name: /^Disable/ });
  await dialog.getByRole("radio", { name: "go to somebody else" }).check();
  await dialog.getByRole("combobox", { name: "Who gets them" }).fill("Admin");
  await page.getByRole("option", { name: "Admin" }).click();
  await dialog.getByRole("button", { name: "Disable" }).click();

  const result = page.getByRole("dialog", { name: /is disabled$/ });
  await expect(result).toContainText("These went to Admin:");
  await expect(result.getByRole("definition")).toHaveText(["1", "1", "1"]);
  await result.getByRole("button", { name: "Done" }).click();
  const now = await api.GET("/api/leads/{id}", { params: { path } });
  expect(now.data?.assignedAgent?.name).toBe("Admin");

  await page.getByRole("button", { name: "Enable" }).click();
  await expect(page.getByText("may sign in again")).toBeVisible();
});

test("gives somebody another role and team", async ({ signedIn: page, api }) => {
  const { data: team } = await api.POST("/api/teams", { body: { name: "Harbour" } });
  const colleague = await makeUser(api, "Agent");
  await page.goto(`/users/${colleague.id}`);
  await page.getByRole("button", { name: "Change: Roles" }).click();
  const roles = page.getByRole("dialog", { name: /^Roles of/ });
  await roles.getByRole("checkbox", { name: "Agent", exact: true }).uncheck();
  await roles.getByRole("checkbox", { name: "Manager" }).check();
  await roles.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("link", { name: "Manager" })).toBeVisible();

  await page.getByRole("button", { name: "Change: Teams" }).click();
  const teams = page.getByRole("dialog", { name: /^Teams of/ });
  await teams.getByRole("checkbox", { name: "Harbour" }).check();
  await teams.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("link", { name: "Harbour" })).toBeVisible();
  const saved = await api.GET("/api/users/{id}", { params: { path: { id: colleague.id } } });
  expect(saved.data?.roles.map(({ name }) => name)).toEqual(["Manager"]);
  expect(saved.data?.teams.map(({ id }) => id)).toEqual([team?.id]);
});
