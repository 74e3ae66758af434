import { expectNoViolations } from "./support/axe";
import { places } from "./support/routes";
import { withoutStreams } from "./support/settle";
import { expect, signIn, test } from "./support/test";

// A database of its own, in which nothing was made.
test.use({ server: {} });

test("every place before anything is in it", async ({ page }) => {
  test.setTimeout(300_000);
  await withoutStreams(page);
  await page.goto("/set-password?token=none");
  await page.getByRole("heading", { level: 1 }).waitFor();
  await expectNoViolations(page);
  await page.goto("/setup");
  await page.getByRole("heading", { level: 1 }).waitFor();
  await expectNoViolations(page);
  await signIn(page);
  // A record is none that is not there; its page says so.
  expect(places().length).toBeGreaterThan(30);
  for (const place of places()) {
    await page.goto(place.replace(":id", crypto.randomUUID()).replace("/:section?", ""));
    await page.getByRole("heading").first().waitFor();
    await page.waitForLoadState("networkidle");
    await expect(page.locator(".animate-pulse")).toHaveCount(0);
    await expectNoViolations(page);
  }
});
