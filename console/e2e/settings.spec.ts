import type { Page } from "@playwright/test";
import { expect, makeUser, signIn, test } from "./support/test";
import { totp } from "./support/totp";

async function signOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/login/);
}

/** Clicks until it is so: after something wrong, the server takes nothing for a second. */
async function clickUntil(page: Page, button: string, isSo: () => Promise<void>): Promise<void> {
  await expect(async () => {
    await page.getByRole("button", { name: button }).click();
    await isSo();
  }).toPass();
}

/** Signs in with a password, and then with the code that is asked for. */
async function signInWith(page: Page, user: { emailId: string; password: string }, code: string) {
  await page.goto("/login");
  await page.getByLabel("Email").fill(user.emailId);
  await page.getByLabel("Password").fill(user.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByLabel("Code").fill(code);
  await page.getByRole("button", { name: "Sign in" }).click();
}

test("somebody changes their name and their password, which counts at once", async ({ page, api }) => {
  const user = await makeUser(api, "Agent");
  const password = `violet-${crypto.randomUUID()}`;
  await signIn(page, user);
  await page.goto("/settings/profile");
  await page.getByRole("textbox", { name: "Name" }).fill("Renamed Agent");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("button", { name: "Account of Renamed Agent" })).toBeVisible();

  await page.getByLabel("Present password").fill("not it");
  await page.getByLabel("New password").fill(password);
  await page.getByRole("button", { name: "Change the password" }).click();
  await expect(page.getByLabel("Present password")).toHaveAttribute("aria-invalid", "true");
  await page.getByLabel("Present password").fill(user.password);
  await clickUntil(page, "Change the password", () =>
    expect(page.getByText("Your password is changed")).toBeVisible({ timeout: 1000 }),
  );

  await signOut(page);
  await signIn(page, { name: "Renamed Agent", emailId: user.emailId, password });
  await signOut(page);
  await page.getByLabel("Email").fill(user.emailId);
  await page.getByLabel("Password").fill(user.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toHaveText("Invalid email or password");
});

test("theme, rows, language and zone are kept when the page is loaded anew", async ({ page, api }) => {
  await signIn(page, await makeUser(api, "Agent"));
  await page.goto("/settings/appearance");
  await page.getByRole("radio", { name: "Dark" }).click();
  await page.getByRole("radio", { name: "Compact" }).click();
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(page.getByRole("radio", { name: "Compact" })).toBeChecked();

  await page.goto("/settings/language");
  await page.getByRole("combobox", { name: "Time zone" }).fill("Asia/Tokyo");
  await page.getByRole("option", { name: "Asia/Tokyo" }).click();
  await page.getByRole("combobox", { name: "Language" }).click();
  await page.getByRole("option", { name: "Deutsch" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Sprache und Zeit" })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("heading", { level: 1, name: "Sprache und Zeit" })).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", "de");
  await expect(page.getByRole("combobox", { name: "Zeitzone" })).toHaveValue("Asia/Tokyo");
});

test("somebody sees where they are signed in, and ends a session there", async ({
  page,
  api,
  browser,
  url,
}) => {
  const user = await makeUser(api, "Agent");
  const elsewhere = await browser.newContext({ baseURL: url });
  const other = await elsewhere.newPage();
  await signIn(other, user);
  await signIn(page, user);
  await page.goto("/settings/sessions");
  const sessions = page.getByRole("listitem").filter({ hasText: "signed in" });
  await expect(sessions).toHaveCount(2);
  await expect(sessions.filter({ hasText: "This one" }).getByRole("button")).toHaveCount(0);
  await page.getByRole("button", { name: "End", exact: true }).click();
  await expect(page.getByText("The session has ended")).toBeVisible();
  await expect(sessions).toHaveCount(1);
  await other.goto("/leads");
  await expect(other).toHaveURL(/\/login/);
  await elsewhere.close();
});

test("a key is shown once, works with the API, and no more when it is revoked", async ({
  page,
  api,
  url,
}) => {
  const user = await makeUser(api, "Agent");
  await signIn(page, user);
  await page.goto("/settings/api-keys");
  await page.getByRole("button", { name: "New key" }).click();
  const dialog = page.getByRole("dialog", { name: "New API key" });
  await dialog.getByRole("textbox", { name: "Name" }).fill("Website");
  await dialog.getByRole("group", { name: "Leads" }).getByRole("checkbox").first().click();
  await dialog.getByLabel("Your password").fill(user.password);
  await dialog.getByRole("button", { name: "Make the key" }).click();
  const made = page.getByRole("dialog", { name: "The key Website is made" });
  const token = await made.getByRole("textbox", { name: "Key" }).inputValue();
  const statusOf = async (path: string) =>
    (await fetch(url + path, { headers: { Authorization: `Bearer ${token}` } })).status;
  expect(await statusOf("/api/leads")).toBe(200);
  expect(await statusOf("/api/customers")).toBe(403);

  await made.getByRole("button", { name: "Done" }).click();
  await page.reload();
  await expect(page.getByText("Website")).toBeVisible();
  await expect(page.getByText(token)).toHaveCount(0);
  await page.getByRole("button", { name: "Revoke Website" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByText("No keys yet")).toBeVisible();
  expect(await statusOf("/api/leads")).toBe(401);
});

test("a second factor is set up, asked for, replaced by a recovery code, and removed", async ({
  page,
  api,
}) => {
  const user = await makeUser(api, "Agent");
  await signIn(page, user);
  await page.goto("/settings/two-factor");
  await page.getByLabel("Password").fill(user.password);
  await page.getByRole("button", { name: "Set up" }).click();
  const secret = await page.getByRole("textbox", { name: "Key" }).inputValue();
  await page.getByLabel("Code").fill("000000");
  await page.getByRole("button", { name: "Confirm" }).click();
  await expect(page.getByLabel("Code")).toHaveAttribute("aria-invalid", "true");
  await page.getByLabel("Code").fill(totp(secret));
  await clickUntil(page, "Confirm", () =>
    expect(page.getByRole("list", { name: "Recovery codes" })).toBeVisible({ timeout: 1000 }),
  );
  const [first, second] = await page
    .getByRole("list", { name: "Recovery codes" })
    .getByRole("listitem")
    .allTextContents();
  await page.getByRole("button", { name: "I have kept them" }).click();

  await signOut(page);
  // A code signs in once, and a moment's difference between the clocks is allowed.
  await signInWith(page, user, totp(secret, 1));
  await expect(page).not.toHaveURL(/login/);
  await signOut(page);
  await signInWith(page, user, first ?? "");
  await expect(page).not.toHaveURL(/login/);
  await page.goto("/settings/two-factor");
  await expect(page.getByText("9 recovery codes are left.")).toBeVisible();

  await page.getByRole("button", { name: "Remove…" }).click();
  const dialog = page.getByRole("dialog", { name: "Remove the second factor?" });
  await dialog.getByLabel("Password").fill(user.password);
  await dialog.getByLabel("Code").fill(second ?? "");
  await dialog.getByRole("button", { name: "Remove" }).click();
  await expect(page.getByText("You have no second factor yet.")).toBeVisible();
  await signOut(page);
  await signIn(page, user);
});
