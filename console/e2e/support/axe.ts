import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import axe from "axe-core";
import { untilStill } from "./settle";
import { expect } from "./test";

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

// What stands open over the page is a place of its own, as axe has it for dialogs: a menu, the list of a field, a tooltip.
const axeSource = `${axe.source}
axe.configure({
  checks: [{ id: "region", options: { regionMatcher: "dialog, [role=dialog], [role=alertdialog], [role=menu], [role=listbox], [role=tooltip]" } }],
});`;

/** Nothing that axe knows is wrong with the page, and its colours are not in the dark either: all that the theme changes. */
export async function expectNoViolations(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: "dark" });
  await untilStill(page);
  const dark = await new AxeBuilder({ page, axeSource })
    .withRules(["color-contrast", "link-in-text-block"])
    .analyze();
  await page.emulateMedia({ colorScheme: "light" });
  await untilStill(page);
  const light = await new AxeBuilder({ page, axeSource }).withTags(tags).analyze();
  const found = [...dark.violations, ...light.violations];
  expect(
    found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join("\n")}`),
    new URL(page.url()).pathname,
  ).toEqual([]);
}

/** Opens an address, and checks it as soon as a text of it is there and no placeholder is any more. */
export async function expectAccessible(page: Page, path: string, text: string): Promise<void> {
  await page.goto(path);
  await page.getByText(text).first().waitFor();
  await expect(page.locator(".animate-pulse")).toHaveCount(0);
  await expectNoViolations(page);
}

/** Goes to a place of which no text is known, and checks it as soon as it is whole; the streams must be left out. */
export async function expectAccessiblePlace(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.getByRole("heading").first().waitFor();
  await page.waitForLoadState("networkidle");
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
