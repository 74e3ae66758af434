import { expect, makeCustomer, makeUser, signIn, test } from "./support/test";

test("tells what a field held before and since, and narrows the log", async ({ signedIn: page, api }) => {
  const customer = await makeCustomer(api, "Logged", { company: "Before Ltd" });
  await api.PATCH("/api/customers/{id}", {
    params: { path: { id: customer.id } },
    body: { company: "After Ltd" },
  });
  await page.goto("/activity");
  const entry = page.getByRole("listitem").filter({ hasText: "After Ltd" });
  await expect(entry).toContainText("Before Ltd");

  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await page.getByRole("menuitem", { name: "Act" }).click();
  await page.getByRole("checkbox", { name: "Customer created" }).click();
  await expect(entry).toBeHidden();
  await page.keyboard.press("Escape");
  await page.getByRole("link", { name: "Logged" }).first().click();
  await expect(page).toHaveURL(new RegExp(customer.id));
});

test("an Agent sees only what they did themselves", async ({ page, api }) => {
  const agent = await makeUser(api, "Agent");
  await makeCustomer(api, "Made by the Admin");
  await signIn(page, agent);
  await page.goto("/activity");
  await expect(page.getByText("signed in").first()).toBeVisible();
  await expect(page.getByText("Made by the Admin")).toBeHidden();
});
