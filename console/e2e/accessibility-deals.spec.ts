import { expectAccessible, expectAccessibleDialog } from "./support/axe";
import { makeDeal, signIn, test } from "./support/test";

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in the ${colorScheme} theme`, () => {
    test.use({ colorScheme });

    test("deals: board, list and forecast", async ({ page, api }) => {
      const name = `Axe ${colorScheme}`;
      const year = new Date().getUTCFullYear() + 1;
      const amount = { amount: 120_000, currency: "EUR" };
      await makeDeal(api, name, { amount, expectedCloseDate: `${year}-03-15` });
      await signIn(page);
      await expectAccessible(page, "/deals", name);
      await expectAccessible(page, "/deals?search=nothingiscalledthis", "New");
      await expectAccessible(page, "/deals/list", name);
      await expectAccessible(page, "/deals/list?search=nothingiscalledthis", "No deal is like this");
      await expectAccessible(page, `/deals/forecast?year=${year}&currency=EUR`, "Mar");
      await expectAccessible(page, "/deals/new", "Create deal");
    });

    test("a deal, and pipelines", async ({ page, api }) => {
      const deal = await makeDeal(api, `Record ${colorScheme}`);
      await signIn(page);
      await expectAccessible(page, `/deals/${deal.id}`, "Stages so far");
      await expectAccessibleDialog(page, "Mark as lost", "Why is it lost?");
      await expectAccessible(page, "/deals/pipelines", "Sales");
      await expectAccessibleDialog(page, "New pipeline", "New pipeline");
      await expectAccessibleDialog(page, "Change Sales", "Change the pipeline");
    });
  });
}
