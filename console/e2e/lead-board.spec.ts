import type { Page } from "@playwright/test";
import { expect, makeLead, test } from "./support/test";

const column = (page: Page, name: string) => page.getByRole("region", { name, exact: true });
const card = (page: Page, name: string) => page.getByRole("listitem").filter({ hasText: name });
const names = (page: Page, name: string) => column(page, name).getByRole("link").allTextContents();

test("moves leads between statuses by the mouse and by the keyboard", async ({ signedIn: page, api }) => {
  const lead = await makeLead(api, "Boarded one", { tags: ["boarded"] });
  await makeLead(api, "Boarded two", { tags: ["boarded"] });
  await page.goto("/leads?tag=boarded");
  await page.getByRole("navigation", { name: "Shown as" }).getByRole("link", { name: "Board" }).click();
  await expect(page).toHaveURL(/\/leads\/board\?tag=boarded/);
  await expect.poll(() => names(page, "New")).toEqual(["Boarded two", "Boarded one"]);

  await card(page, "Boarded one").dragTo(column(page, "Contacted"));
  await expect.poll(() => names(page, "Contacted")).toEqual(["Boarded one"]);
  await expect(page.getByRole("status").filter({ hasText: "Boarded one is in Contacted" })).toBeAttached();
  const saved = await api.GET("/api/leads/{id}", { params: { path: { id: lead.id } } });
  expect(saved.data?.status).toBe("Contacted");

  await page.getByRole("link", { name: "Boarded two" }).focus();
  await page.keyboard.press("s");
  await page.getByRole("menu", { name: "Move Boarded two" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect.poll(() => names(page, "Nurturing")).toEqual(["Boarded two"]);
  await expect(page.getByRole("button", { name: "Move Boarded two" })).toBeFocused();
});

test("asks for the reason, and takes only the steps that are allowed", async ({ signedIn: page, api }) => {
  await makeLead(api, "Choosy", { tags: ["choosy"] });
  await page.goto("/leads/board?tag=choosy");
  await page.getByRole("button", { name: "Move Choosy" }).press("Enter");
  await page.getByRole("menuitem", { name: "Unqualified" }).press("Enter");
  const dialog = page.getByRole("dialog", { name: "Why is it unqualified?" });
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect.poll(() => names(page, "New")).toEqual(["Choosy"]);
  await page.getByRole("button", { name: "Move Choosy" }).press("Enter");
  await page.getByRole("menuitem", { name: "Unqualified" }).press("Enter");
  await dialog.getByRole("combobox", { name: "Reason" }).click();
  await page.getByRole("option", { name: "No budget" }).click();
  await dialog.getByRole("button", { name: "Mark as unqualified" }).click();
  await expect.poll(() => names(page, "Unqualified")).toEqual(["Choosy"]);
  await page.getByRole("button", { name: "Move Choosy" }).press("Enter");
  await expect(page.getByRole("menuitem", { name: /^Qualified/ })).toHaveAttribute("aria-disabled", "true");
  await expect(page.getByRole("menuitem", { name: "Contacted" })).not.toHaveAttribute("aria-disabled");
});

test("converts a lead that is moved to Converted", async ({ signedIn: page, api }) => {
  await makeLead(api, "Onward", { tags: ["onward"] });
  await page.goto("/leads/board?tag=onward");
  await page.getByRole("button", { name: "Move Onward" }).press("Enter");
  await page.getByRole("menuitem", { name: "Converted" }).press("Enter");
  const dialog = page.getByRole("dialog", { name: "Convert Onward" });
  await dialog.getByRole("region", { name: "What will happen" }).waitFor();
  await dialog.getByRole("button", { name: "Convert" }).click();
  await expect.poll(() => names(page, "Converted")).toEqual(["Onward"]);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect.poll(() => names(page, "Qualified")).toEqual(["Onward"]);
});
