import { expectAccessible, expectAccessibleDialog } from "./support/axe";
import { makeDeal, signIn, test } from "./support/test";

test("deals that none are like, and a forecast", async ({ page, api }) => {
  const year = new Date().getUTCFullYear() + 1;
  const amount = { amount: 120_000, currency: "EUR" };
  await makeDeal(api, "Axe", { amount, expectedCloseDate: `${year}-03-15` });
  await signIn(page);
  await expectAccessible(page, "/deals?search=nothingiscalledthis", "New");
  await expectAccessible(page, "/deals/list?search=nothingiscalledthis", "No deal is like this");
  await expectAccessible(page, `/deals/forecast?year=${year}&currency=EUR`, "Mar");
});

test("dialogs about deals and pipelines", async ({ page, api }) => {
  const deal = await makeDeal(api, "Record");
  await signIn(page);
  await page.goto(`/deals/${deal.id}`);
  await expectAccessibleDialog(page, "Mark as lost", "Why is it lost?");
  await page.goto("/deals/pipelines");
  await expectAccessibleDialog(page, "New pipeline", "New pipeline");
  await expectAccessibleDialog(page, "Change Sales", "Change the pipeline");
});
