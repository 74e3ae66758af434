import { expect, makeCustomer, makeTask, test } from "./support/test";

const day = (offset: number) => {
  const date = new Date();
  date.setDate(date.getDate() + offset);
  return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, "0")}-${String(date.getDate()).padStart(2, "0")}`;
};

test("makes a task about a customer, changes it, and completes it", async ({ signedIn: page, api }) => {
  const customer = await makeCustomer(api, "Wanda Task");
  await page.goto("/tasks");
  await page.getByRole("link", { name: "New task" }).first().click();
  const dialog = page.getByRole("dialog", { name: "New task" });
  await dialog.getByRole("textbox", { name: "Title" }).fill("Call Wanda");
  await dialog.getByRole("combobox", { name: "Due" }).click();
  await page.getByRole("option", { name: "On a day" }).click();
  await dialog.getByLabel("Day").fill(day(1));
  await dialog.getByRole("combobox", { name: "About" }).fill("Wanda");
  await page.getByRole("option", { name: /Wanda Task/ }).click();
  await dialog.getByRole("button", { name: "Create task" }).click();
  await page.getByRole("link", { name: "Call Wanda" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Call Wanda" })).toBeVisible();

  await page.getByRole("button", { name: "Edit" }).click();
  const edit = page.getByRole("dialog", { name: "Edit task" });
  await edit.getByRole("combobox", { name: "Priority" }).click();
  await page.getByRole("option", { name: "Urgent" }).click();
  await edit.getByRole("button", { name: "Save" }).click();
  await expect(edit).toBeHidden();
  await expect(page.getByRole("main").getByText("Urgent").first()).toBeVisible();

  await page.goto(`/customers/${customer.id}`);
  await page.getByRole("checkbox", { name: "Done: Call Wanda" }).click();
  await expect(page.getByRole("checkbox", { name: "Done: Call Wanda" })).toBeChecked();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("checkbox", { name: "Done: Call Wanda" })).not.toBeChecked();
});

test("shows what is overdue and what is mine by one click", async ({ signedIn: page, api }) => {
  const me = await api.GET("/api/auth/me");
  await makeTask(api, { title: "Long ago", dueDate: day(-40) });
  await makeTask(api, { title: "Mine later", dueDate: day(40), assignedTo: me.data?.id ?? null });
  await page.goto("/tasks");
  const scopes = page.getByRole("navigation", { name: "Which tasks" });
  await scopes.getByRole("link", { name: "Overdue" }).click();
  await expect(page.getByRole("link", { name: "Long ago" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Mine later" })).toBeHidden();
  await scopes.getByRole("link", { name: "Mine" }).click();
  await expect(page.getByRole("link", { name: "Mine later" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Long ago" })).toBeHidden();
});

test("moves a task in the week by dragging and by its menu", async ({ signedIn: page, api }) => {
  const task = await makeTask(api, { title: "Moved about", dueDate: "2026-03-03" });
  const due = async () =>
    (await api.GET("/api/tasks/{id}", { params: { path: { id: task.id } } })).data?.dueDate;
  await page.goto("/tasks/week?from=2026-03-02&who=all");
  const friday = page.getByRole("region", { name: /Friday, March 6/ });
  await page.getByRole("listitem").filter({ hasText: "Moved about" }).dragTo(friday);
  await expect(friday.getByRole("link", { name: "Moved about" })).toBeVisible();
  await expect.poll(due).toBe("2026-03-06");

  await page.getByRole("button", { name: "Move Moved about" }).press("Enter");
  await page.getByRole("menuitem", { name: "Monday, March 2" }).press("Enter");
  await expect(
    page.getByRole("region", { name: /Monday, March 2/ }).getByRole("link", { name: "Moved about" }),
  ).toBeVisible();
  await expect.poll(due).toBe("2026-03-02");
});

test("changes many tasks at once", async ({ signedIn: page, api }) => {
  await makeTask(api, { title: "Many one" });
  await makeTask(api, { title: "Many two" });
  await page.goto("/tasks?search=many");
  await page.getByRole("checkbox", { name: "Select the rows that are loaded" }).check();
  const bar = page.getByRole("toolbar", { name: "Selected rows" });
  await bar.getByRole("button", { name: "Status" }).click();
  await page.getByRole("menuitem", { name: "Done" }).click();
  await expect(page.getByText("2 records done")).toBeVisible();
  await expect(page.getByRole("checkbox", { name: "Done: Many one" })).toBeChecked();
});
