import { expectAccessible, expectAccessibleDialog, expectNoViolations } from "./support/axe";
import { expect, makeLead, signIn, test } from "./support/test";

test("every section of the settings", async ({ page }) => {
  await signIn(page);
  await page.goto("/settings");
  const links = page.getByRole("navigation", { name: "Settings" }).locator("a[href^='/settings/']");
  await expect(links).toHaveCount(10);
  for (const link of await links.all()) {
    const name = await link.innerText();
    await link.click();
    await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
    await expect(page.locator(".animate-pulse")).toHaveCount(0);
    await expectNoViolations(page);
  }
});

test("settings that hold something, with what opens over them", async ({ page, api }) => {
  const name = "Setting";
  await makeLead(api, name, { tags: ["axe"] });
  await api.POST("/api/custom-fields", {
    body: { resource: "lead", key: "axe", type: "text", label: name },
  });
  await api.POST("/api/assignment-rules", { body: { name, strategy: "leastOpen" } });
  await signIn(page);
  await expectAccessible(page, "/settings/custom-fields", name);
  await expectAccessibleDialog(page, "New field", "New field");
  await expectAccessibleDialog(page, `Edit ${name}`, `Edit the field ${name}`);
  await expectAccessible(page, "/settings/custom-fields?resource=lead&archived", "No field is archived.");
  await expectAccessible(page, "/settings/tags", "axe");
  await expectAccessibleDialog(page, "Rename axe", "Rename the tag");
  await expectAccessible(page, "/settings/assignment-rules", "Who would get a lead?");
  await expectAccessibleDialog(page, "New rule", "New rule");
  await expectAccessible(page, "/settings/api-keys", "No keys yet");
  await expectAccessibleDialog(page, "New key", "New API key");
  await expectAccessible(page, "/settings/sessions", "This one");
  await expectAccessibleDialog(page, "Sign out everywhere…", "Sign out everywhere?");
});
