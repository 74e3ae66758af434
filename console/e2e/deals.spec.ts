import type { Page } from "@playwright/test";
import { expect, findStage, makeCustomer, makeDeal, makeUser, signIn, test } from "./support/test";

const column = (page: Page, name: string) => page.getByRole("region", { name, exact: true });
const card = (page: Page, name: string) => page.getByRole("listitem").filter({ hasText: name });

/** The names in a column, from the top. */
const names = (page: Page, name: string) => column(page, name).getByRole("link").allTextContents();

test("moves a card by the mouse, and keeps its place among the others", async ({ signedIn: page, api }) => {
  const owner = await makeUser(api, "Agent");
  const make = (name: string) =>
    makeDeal(api, name, { owner: owner.id, amount: { amount: 100_000, currency: "EUR" } });
  await make("Low");
  await make("Middle");
  const dragged = await make("High");
  const moves: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("/api/deals"))
      moves.push(`${request.method()} ${new URL(request.url()).pathname}`);
  });
  await page.goto(`/deals?owner=${owner.id}`);
  await expect.poll(() => names(page, "New")).toEqual(["High", "Middle", "Low"]);
  await expect(column(page, "New")).toContainText("€3,000");

  moves.length = 0;
  await card(page, "High").dragTo(card(page, "Low"), { targetPosition: { x: 100, y: 60 } });
  await expect.poll(() => names(page, "New")).toEqual(["Middle", "Low", "High"]);
  await card(page, "High").dragTo(column(page, "Proposal"));
  await expect.poll(() => names(page, "Proposal")).toEqual(["High"]);
  await expect(column(page, "New")).toContainText("€2,000");
  await expect(column(page, "Proposal")).toContainText("€1,000");
  await expect(page.getByRole("status").filter({ hasText: "High is in Proposal" })).toBeAttached();
  const path = `POST /api/deals/${dragged.id}/move`;
  expect(moves).toEqual([path, path]);

  await page.reload();
  await expect.poll(() => names(page, "Proposal")).toEqual(["High"]);
  await expect.poll(() => names(page, "New")).toEqual(["Middle", "Low"]);
});

test("moves cards by the keyboard alone, and says what became of it", async ({ signedIn: page, api }) => {
  const owner = await makeUser(api, "Agent");
  await makeDeal(api, "Second", { owner: owner.id });
  await makeDeal(api, "First", { owner: owner.id });
  await page.goto(`/deals?owner=${owner.id}`);
  await column(page, "New").getByRole("link", { name: "First" }).focus();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("link", { name: "Second" })).toBeFocused();
  await page.keyboard.press("s");
  await page.getByRole("menu", { name: "Move Second" }).waitFor();
  await expect(page.getByRole("menuitem", { name: "Qualified" })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect.poll(() => names(page, "Proposal")).toEqual(["Second"]);
  await expect(page.getByRole("status").filter({ hasText: "Second is in Proposal" })).toBeAttached();
  await expect(page.getByRole("button", { name: "Move Second" })).toBeFocused();
  await page.keyboard.press("ArrowLeft");
  await expect(page.getByRole("link", { name: "First" })).toBeFocused();
});

test("asks why a deal is lost, and leaves it where it was when nobody says", async ({
  signedIn: page,
  api,
}) => {
  const owner = await makeUser(api, "Agent");
  const deal = await makeDeal(api, "Doubtful", { owner: owner.id });
  await page.goto(`/deals?owner=${owner.id}`);
  // The column is beyond the edge: the board scrolls to it while the card is held there.
  await card(page, "Doubtful").hover();
  await page.mouse.down();
  await page.mouse.move(600, 400);
  await expect(async () => {
    await page.mouse.move(1250, 400);
    await page.mouse.move(1255, 405);
    await expect(column(page, "Lost")).toBeInViewport({ ratio: 0.9, timeout: 200 });
  }).toPass();
  await column(page, "Lost").hover();
  await page.mouse.up();
  const dialog = page.getByRole("dialog", { name: "Why is it lost?" });
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect.poll(() => names(page, "New")).toEqual(["Doubtful"]);

  await page.getByRole("button", { name: "Move Doubtful" }).press("Enter");
  await page.getByRole("menuitem", { name: "Lost" }).press("Enter");
  await dialog.getByRole("button", { name: "Mark as lost" }).click();
  await expect(dialog.getByText("A reason is required")).toBeVisible();
  await dialog.getByRole("textbox", { name: "Reason" }).fill("Too dear");
  await page.keyboard.press("Tab");
  await dialog.getByRole("button", { name: "Mark as lost" }).press("Enter");
  await expect.poll(() => names(page, "Lost")).toEqual(["Doubtful"]);
  await expect(page.getByRole("button", { name: "Move Doubtful" })).toBeFocused();
  const reason = async () =>
    (await api.GET("/api/deals/{id}", { params: { path: { id: deal.id } } })).data?.lostReason;
  await expect.poll(reason).toBe("Too dear");
});

test("puts a card back when the move is refused", async ({ signedIn: page, api }) => {
  const owner = await makeUser(api, "Agent");
  const deal = await makeDeal(api, "Contested deal", { owner: owner.id });
  await page.goto(`/deals?owner=${owner.id}`);
  await column(page, "New").getByRole("link", { name: "Contested deal" }).waitFor();
  await api.PATCH("/api/deals/{id}", {
    params: { path: { id: deal.id } },
    body: { amount: { amount: 5_000, currency: "EUR" } },
  });
  await card(page, "Contested deal").dragTo(column(page, "Qualified"));
  await expect(page.getByText("Somebody changed it in the meantime").first()).toBeVisible();
  await expect.poll(() => names(page, "New")).toEqual(["Contested deal"]);
  await expect(column(page, "New")).toContainText("€50");
  await card(page, "Contested deal").dragTo(column(page, "Qualified"));
  await expect.poll(() => names(page, "Qualified")).toEqual(["Contested deal"]);
});

test("loads the cards of a long column as it scrolls", async ({ signedIn: page, api }) => {
  const owner = await makeUser(api, "Agent");
  const customer = await makeCustomer(api, "Of many deals");
  for (let number = 1; number <= 75; number += 1) {
    await makeDeal(api, `Many ${number}`, { owner: owner.id, customerId: customer.id });
  }
  await page.goto(`/deals?owner=${owner.id}`);
  const list = column(page, "New").getByRole("list");
  await expect(column(page, "New")).toContainText("75");
  await expect(list.getByRole("link")).toHaveCount(20);
  await list.hover();
  await expect(async () => {
    await page.mouse.wheel(0, 4000);
    await expect(list.getByRole("link")).toHaveCount(75, { timeout: 500 });
  }).toPass();
  expect(new Set(await names(page, "New")).size).toBe(75);
});

test("keeps what deals are narrowed to from the board to the list and back", async ({
  signedIn: page,
  api,
}) => {
  const owner = await makeUser(api, "Agent");
  await makeDeal(api, "Kept deal", { owner: owner.id });
  await makeDeal(api, "Somebody else’s deal");
  await page.goto(`/deals?owner=${owner.id}`);
  await page.getByRole("searchbox").fill("kept");
  await expect(page).toHaveURL(/search=kept/);
  await page.getByRole("navigation", { name: "Shown as" }).getByRole("link", { name: "List" }).click();
  await expect(page).toHaveURL(new RegExp(`/deals/list.*owner=${owner.id}`));
  await expect(page.getByRole("table").getByRole("link")).toHaveCount(1);
  await page.getByRole("link", { name: "Board", exact: true }).click();
  await expect.poll(() => names(page, "New")).toEqual(["Kept deal"]);

  await page.getByRole("link", { name: "Kept deal" }).click();
  await page.getByRole("heading", { level: 1, name: "Kept deal" }).waitFor();
  await page.goBack();
  await expect(page.getByRole("searchbox")).toHaveValue("kept");
  await expect.poll(() => names(page, "New")).toEqual(["Kept deal"]);
});

test("makes a deal, changes it, loses it, opens it again, and puts it away", async ({
  signedIn: page,
  api,
}) => {
  await makeCustomer(api, "Wilhelmina Buyer");
  await page.goto("/deals");
  await page.getByRole("link", { name: "New deal" }).first().click();
  const dialog = page.getByRole("dialog", { name: "New deal" });
  await dialog.getByRole("button", { name: "Create deal" }).click();
  await expect(dialog.getByText("Choose a customer")).toBeVisible();
  await dialog.getByRole("textbox", { name: "Name" }).fill("Big order");
  await dialog.getByRole("textbox", { name: "Amount" }).fill("1,250.50");
  await dialog.getByLabel("Expected close").fill("2030-01-31");
  await dialog.getByRole("combobox", { name: "Customer" }).fill("Wilhelmina");
  await page.getByRole("option", { name: /Wilhelmina Buyer/ }).click();
  await dialog.getByRole("button", { name: "Create deal" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Big order" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Edit Amount" })).toHaveText("€1,250.50");

  await page.getByRole("button", { name: "Edit Amount" }).click();
  await page.getByRole("textbox", { name: "Amount" }).fill("a lot");
  await page.getByRole("textbox", { name: "Amount" }).press("Enter");
  await expect(page.getByRole("alert")).toContainText("Write an amount such as 1250.50");
  await page.getByRole("button", { name: "Edit Amount" }).click();
  await page.getByRole("textbox", { name: "Amount" }).fill("900");
  await page.getByRole("textbox", { name: "Amount" }).press("Enter");
  await expect(page.getByRole("button", { name: "Edit Amount" })).toHaveText("€900");

  await page.getByRole("list", { name: "Stages" }).getByRole("button", { name: "Proposal" }).click();
  await expect(page.getByRole("button", { name: "Proposal" })).toHaveAttribute("aria-current", "step");
  await page.getByRole("button", { name: "Mark as lost" }).click();
  const lost = page.getByRole("dialog", { name: "Why is it lost?" });
  await lost.getByRole("textbox", { name: "Reason" }).fill("No budget");
  await lost.getByRole("button", { name: "Mark as lost" }).click();
  await expect(page.getByText("No budget").first()).toBeVisible();
  await page.getByRole("button", { name: "Reopen" }).click();
  await expect(page.getByRole("button", { name: "Proposal" })).toHaveAttribute("aria-current", "step");
  await expect(page.getByRole("table", { name: "Stages so far" }).getByRole("row")).toHaveCount(5);

  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Archive" }).click();
  await expect(page.getByText("Big order is archived")).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.goto("/deals/list?search=big");
  await expect(page.getByRole("link", { name: "Big order" })).toBeVisible();
});

test("shows a customer's deals on their page, and makes one there", async ({ signedIn: page, api }) => {
  const customer = await makeCustomer(api, "Panel Customer");
  await makeDeal(api, "Panel deal", {
    customerId: customer.id,
    amount: { amount: 12_300, currency: "USD" },
  });
  await page.goto(`/customers/${customer.id}`);
  await expect(page.getByRole("link", { name: "Panel deal" })).toBeVisible();
  await page.getByRole("button", { name: "New deal" }).click();
  const dialog = page.getByRole("dialog", { name: "New deal" });
  await expect(dialog.getByRole("combobox", { name: "Customer" })).toHaveValue("Panel Customer");
  await dialog.getByRole("textbox", { name: "Name" }).fill("Another one");
  await dialog.getByRole("button", { name: "Create deal" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("link", { name: "Another one" })).toBeVisible();
});

test("forecasts by month, and tells what is overdue apart", async ({ signedIn: page, api }) => {
  const amount = { amount: 200_000, currency: "CHF" };
  const year = new Date().getUTCFullYear() + 1;
  const proposal = await findStage(api, "Proposal");
  await makeDeal(api, "Next year", { amount, expectedCloseDate: `${year}-03-15`, stageId: proposal.id });
  await makeDeal(api, "Overdue deal", { amount, expectedCloseDate: "2020-01-01" });
  await page.goto(`/deals/forecast?year=${year}&currency=CHF`);
  const row = page.getByRole("row", { name: /Mar/ });
  await expect(row).toContainText("CHF 2,000");
  await expect(row).toContainText("CHF 1,000");
  await expect(page.getByRole("img", { name: /Forecast/ })).toBeVisible();
  await page.getByRole("link", { name: "Show them" }).click();
  await expect(page.getByRole("link", { name: "Overdue deal" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Next year" })).toBeHidden();
});

test("an Agent sees their own deals, and may not give them to others", async ({ page, api }) => {
  const agent = await makeUser(api, "Agent");
  const mine = await makeDeal(api, "Of the agent", { owner: agent.id });
  await makeDeal(api, "Not of the agent");
  await signIn(page, agent);
  await page.goto("/deals");
  await expect.poll(() => names(page, "New")).toEqual(["Of the agent"]);
  await expect(page.getByRole("link", { name: "Pipelines" })).toBeHidden();
  await page.goto(`/deals/${mine.id}`);
  await expect(page.getByRole("button", { name: "Edit Name" })).toBeVisible();
  await expect(page.getByRole("combobox", { name: "Owner" })).toBeHidden();
});

test("makes a pipeline, takes a stage with deals away, and deletes it", async ({ signedIn: page, api }) => {
  await page.goto("/deals/pipelines");
  await page.getByRole("button", { name: "New pipeline" }).click();
  const dialog = page.getByRole("dialog", { name: "New pipeline" });
  await dialog.getByRole("textbox", { name: "Name" }).first().fill("Renewals");
  await dialog.getByRole("button", { name: "Add a stage" }).click();
  const added = dialog.getByRole("group", { name: "Stage 2" });
  await added.getByRole("textbox", { name: "Probability" }).fill("60");
  await added.getByRole("textbox", { name: "Name" }).fill("Talks");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("table", { name: "Stages of Renewals" })).toContainText("Talks60%");

  const pipelines = await api.GET("/api/deals/pipelines");
  const renewals = pipelines.data?.pipelines.find(({ name }) => name === "Renewals");
  const talks = renewals?.stages.find(({ name }) => name === "Talks");
  await makeDeal(api, "Renewal", { stageId: talks?.id ?? "" });
  await page.goto(`/deals?pipelineId=${renewals?.id}`);
  await expect(page.getByRole("combobox", { name: "Pipeline" })).toHaveText("Renewals");
  await expect.poll(() => names(page, "Talks")).toEqual(["Renewal"]);

  await page.getByRole("link", { name: "Pipelines" }).click();
  await page.getByRole("button", { name: "Change Renewals" }).click();
  const change = page.getByRole("dialog", { name: "Change the pipeline" });
  await change.getByRole("button", { name: "Take Talks away" }).click();
  await change.getByRole("button", { name: "Save" }).click();
  await change.getByRole("combobox", { name: "Its deals go to" }).click();
  await page.getByRole("option", { name: "New" }).click();
  await change.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("table", { name: "Stages of Renewals" })).not.toContainText("Talks");

  await page.getByRole("button", { name: "Delete Renewals" }).click();
  const remove = page.getByRole("dialog", { name: "Delete Renewals?" });
  await remove.getByRole("combobox", { name: "Its deals go to" }).click();
  await page.getByRole("option", { name: "Sales" }).click();
  await remove.getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("table", { name: "Stages of Renewals" })).toBeHidden();
  await page.goto("/deals/list?search=Renewal");
  await expect(page.getByRole("link", { name: "Renewal" })).toBeVisible();
});
