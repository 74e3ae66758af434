import { expectAccessiblePlace } from "./support/axe";
import { places } from "./support/routes";
import { withoutStreams } from "./support/settle";
import { expect, signIn, test } from "./support/test";

// A database of its own, in which nothing was made.
test.use({ server: {} });

test("every place before anything is in it", async ({ page }) => {
  test.setTimeout(300_000);
  await withoutStreams(page);
  await expectAccessiblePlace(page, "/set-password?token=none");
  await expectAccessiblePlace(page, "/setup");
  await signIn(page);
  // A record is none that is not there; its page says so.
  expect(places().length).toBeGreaterThan(30);
  for (const place of places()) {
    const path = place.replace(":id", crypto.randomUUID()).replace("/:section?", "");
    await expectAccessiblePlace(page, path);
  }
});
