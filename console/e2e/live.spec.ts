import type { Page } from "@playwright/test";
import { expect, makeCustomer, makeLead, signIn, test } from "./support/test";

/** What happens is told a second or two after it did. */
const soon = { timeout: 5000 };

/** Opens an address, and waits until the page listens. */
async function open(page: Page, path: string): Promise<void> {
  const listening = page.waitForResponse((response) => response.url().endsWith("/api/events/stream"));
  await page.goto(path);
  await listening;
}

test("what somebody does appears in another browser, in the list and on the record", async ({
  signedIn: page,
  browser,
  baseURL,
  api,
}) => {
  const lead = await makeLead(api, "Live one", { company: "Before" });
  const context = await browser.newContext({ baseURL });
  const other = await context.newPage();
  await signIn(other);
  await open(other, "/leads?search=live");
  await expect(other.getByRole("link", { name: "Live one" })).toBeVisible();
  await open(page, `/leads/${lead.id}`);
  const field = page.getByRole("button", { name: "Edit Company" });
  await expect(field).toHaveText("Before");

  // From one browser to the other's list ...
  await field.click();
  await page.getByRole("textbox", { name: "Company" }).fill("After");
  await page.keyboard.press("Enter");
  await expect(other.getByRole("cell", { name: "After" })).toBeVisible(soon);

  // ... and back, to the record.
  await other.getByRole("link", { name: "Live one" }).click();
  await other.getByRole("button", { name: "Contacted" }).click();
  await expect(page.getByText("changed the status of")).toBeVisible(soon);
  await expect(page.getByRole("main").getByText("Contacted").first()).toBeVisible();
  await context.close();
});

test("a record that is made elsewhere appears without being asked for", async ({ signedIn: page, api }) => {
  await open(page, "/customers?search=sudden");
  await expect(page.getByText("No customer is like this")).toBeVisible();
  await makeCustomer(api, "Sudden customer");
  await expect(page.getByRole("link", { name: "Sudden customer" })).toBeVisible(soon);
});

test("a change of one's own is one request, and what comes of it is not asked for again", async ({
  signedIn: page,
  api,
}) => {
  const lead = await makeLead(api, "Own change");
  await open(page, `/leads/${lead.id}`);
  await page.getByRole("button", { name: "Edit Company" }).click();
  await page.getByRole("textbox", { name: "Company" }).fill("Own");
  const asked: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes(`/api/leads/${lead.id}`)) asked.push(request.method());
  });
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main").getByText("changed", { exact: true })).toBeVisible();
  // Until the server has told of it, and for a while more.
  await page.waitForTimeout(4000);
  // The change, and the timeline that tells of it.
  expect(asked).toEqual(["PATCH", "GET"]);
});

test("nothing changes beneath who is editing, and the second save shows both values", async ({
  signedIn: page,
  api,
}) => {
  const lead = await makeLead(api, "Contested", { company: "First" });
  await open(page, `/leads/${lead.id}`);
  await page.getByRole("button", { name: "Edit Company" }).click();
  await page.getByRole("textbox", { name: "Company" }).fill("Mine");
  await api.PATCH("/api/leads/{id}", { params: { path: { id: lead.id } }, body: { company: "Theirs" } });
  // The page hears of it, and leaves alone what is being typed.
  await expect(page.getByText("changed", { exact: true })).toBeVisible(soon);
  await expect(page.getByRole("textbox", { name: "Company" })).toHaveValue("Mine");

  await page.keyboard.press("Enter");
  const conflict = page.getByRole("dialog", { name: "Somebody changed it in the meantime" });
  await expect(conflict).toContainText("Mine");
  await expect(conflict).toContainText("Theirs");
  await conflict.getByRole("button", { name: "Keep mine" }).click();
  await expect(page.getByRole("button", { name: "Edit Company" })).toHaveText("Mine");
});

test("what somebody else changed in another field is no conflict", async ({ signedIn: page, api }) => {
  const lead = await makeLead(api, "Uncontested", { company: "Same" });
  await open(page, `/leads/${lead.id}`);
  await page.getByRole("button", { name: "Edit Company" }).click();
  await page.getByRole("textbox", { name: "Company" }).fill("Mine");
  await api.PATCH("/api/leads/{id}", { params: { path: { id: lead.id } }, body: { source: "Fair" } });
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Edit Company" })).toHaveText("Mine");
  await expect(page.getByRole("button", { name: "Edit Source" })).toHaveText("Fair");
  await expect(page.getByRole("dialog")).toBeHidden();
});

test("the dashboard counts on", async ({ signedIn: page, api }) => {
  await open(page, "/");
  const tile = page.getByRole("listitem").filter({ hasText: "New leads" }).getByRole("link");
  const before = Number((await tile.innerText()).match(/\d+/)?.[0]);
  await makeLead(api, "Counted");
  await expect(tile).toContainText(String(before + 1), soon);
});
