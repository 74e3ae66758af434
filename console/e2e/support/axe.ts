import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { untilStill } from "./settle";
import { expect } from "./test";

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

export async function expectNoViolations(page: Page): Promise<void> {
  await untilStill(page);
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join("\n")}`)).toEqual([]);
}

/** Opens an address, and checks it as soon as a text of it is there and no placeholder is any more. */
export async function expectAccessible(page: Page, path: string, text: string): Promise<void> {
  await page.goto(path);
  await page.getByText(text).first().waitFor();
  await expect(page.locator(".animate-pulse")).toHaveCount(0);
  await expectNoViolations(page);
}

/** Clicks what opens a dialog, checks that, and closes it. */
export async function expectAccessibleDialog(page: Page, opener: string, name: string): Promise<void> {
  await page.getByRole("button", { name: opener, exact: true }).click();
  const dialog = page.getByRole("dialog", { name }).or(page.getByRole("alertdialog", { name }));
  await dialog.waitFor();
  await expect(dialog.locator(".animate-pulse")).toHaveCount(0);
  await expectNoViolations(page);
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
}
