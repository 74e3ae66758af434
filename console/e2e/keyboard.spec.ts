import type { Page } from "@playwright/test";
import { expect, test } from "./support/test";

/** Goes on by Tab until what is wanted has the focus. */
async function tabTo(page: Page, name: string) {
  const wanted = page.getByRole("dialog").getByRole("textbox", { name, exact: true });
  for (let presses = 0; presses < 30; presses += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not come to ${name}`);
}

test("a lead and a task are made without the mouse", async ({ signedIn: page }) => {
  await page.getByRole("heading", { level: 1, name: "Dashboard" }).waitFor();
  await page.keyboard.press("g");
  await page.keyboard.press("l");
  await expect(page.getByRole("heading", { level: 1, name: "Leads" })).toBeFocused();
  await page.keyboard.press("c");
  await page.getByRole("dialog", { name: "New lead" }).waitFor();
  await tabTo(page, "Name");
  await page.keyboard.type("Made by keys");
  await tabTo(page, "Email");
  await page.keyboard.type("keys@example.org");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "New lead" })).toBeHidden();
  await expect(page.getByRole("heading", { level: 1, name: "Made by keys" })).toBeVisible();

  await page.keyboard.press("Control+k");
  const palette = page.getByRole("dialog", { name: "Search and commands" });
  await palette.waitFor();
  await page.keyboard.type("New task");
  await palette.getByRole("option", { name: "New task" }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "New task" }).waitFor();
  await tabTo(page, "Title");
  await page.keyboard.type("Call back");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "New task" })).toBeHidden();
  await expect(page.getByText("Call back").first()).toBeVisible();
});
