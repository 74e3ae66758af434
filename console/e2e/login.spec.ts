import { admin } from "./support/server";
import { expect, signIn, test } from "./support/test";

test("says what is missing and what is wrong", async ({ page }) => {
  await page.goto("/login");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("Email is required")).toBeVisible();
  await expect(page.getByText("Password is required")).toBeVisible();
  await expect(page.getByLabel("Email")).toBeFocused();

  await page.getByLabel("Email").fill("nobody@example.org");
  await page.getByLabel("Password").fill("wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toHaveText("Invalid email or password");
});

test("brings one where one was going, keeps one signed in, and signs one out", async ({ page }) => {
  await page.goto("/leads?status=New");
  await expect(page).toHaveURL(/\/login\?next=/);
  await page.getByLabel("Email").fill(admin.emailId);
  await page.getByLabel("Password").fill(admin.password);
  await page.getByLabel("Password").press("Enter");
  await expect(page).toHaveURL("/leads?status=New");

  await page.reload();
  await expect(page.getByRole("heading", { level: 1, name: "Leads" })).toBeVisible();
  await expect(page).toHaveURL("/leads?status=New");

  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page).toHaveURL("/login");
  await page.goto("/leads");
  await expect(page).toHaveURL(/\/login/);
});

test("asks to sign in again over the page, and keeps what was typed", async ({ page, context }) => {
  await signIn(page);
  await page.goto("/leads/new");
  await page.getByRole("textbox", { name: "Name" }).fill("Typed before");
  await page.getByRole("textbox", { name: "Phone" }).fill("+1 555 0177");

  // Ends the session as another device would: the token of this page works no more, nor does the cookie.
  await context.request.post("/api/auth/logout", { headers: { Origin: new URL(page.url()).origin } });
  await context.clearCookies();
  await page.getByRole("button", { name: "Create lead" }).click();

  const dialog = page.getByRole("dialog", { name: "Sign in again" });
  await dialog.getByLabel("Password").fill(admin.password);
  await dialog.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Typed before" })).toBeVisible();
});
