import { expect, makeCustomer, makeLead, test } from "./support/test";

test("edits cells by keyboard: one request a cell, and none for the list", async ({
  signedIn: page,
  api,
}) => {
  const lead = await makeLead(api, "Inline one", { company: "Engines" });
  await page.goto("/leads?search=inline&columns=company,phone,source");
  const asked: string[] = [];
  page.on("request", (request) => {
    if (new URL(request.url()).pathname.startsWith("/api/leads")) asked.push(request.method());
  });
  // What edits cells is loaded after the rows, and knows no key before.
  await expect(async () => {
    await page.getByRole("link", { name: "Inline one" }).focus();
    await page.keyboard.press("ArrowRight");
    await expect(page.getByRole("cell", { name: "Engines" })).toBeFocused({ timeout: 500 });
  }).toPass();
  asked.length = 0;
  await page.keyboard.press("Enter");
  await page.getByRole("textbox", { name: "Company, Inline one" }).fill("Looms");
  await page.keyboard.press("Tab");
  await page.getByRole("textbox", { name: "Phone, Inline one" }).fill("+44 20 7946 0000");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("cell", { name: "+44 20 7946 0000" })).toBeFocused();
  await expect(page.getByRole("cell", { name: "Looms" })).toBeVisible();
  await expect
    .poll(async () => {
      const { data } = await api.GET("/api/leads/{id}", { params: { path: { id: lead.id } } });
      return [data?.company, data?.phone];
    })
    .toEqual(["Looms", "+44 20 7946 0000"]);
  // Until the server has told of both, and for a while more.
  await page.waitForTimeout(3500);
  expect(asked.filter((method) => method === "PATCH").length).toBeLessThanOrEqual(3);
  expect(asked.filter((method) => method === "GET").length).toBeLessThanOrEqual(1);
});

test("a cell is one request", async ({ signedIn: page, api }) => {
  await makeLead(api, "Single one", { company: "Engines" });
  await page.goto("/leads?search=single&columns=company");
  await page.getByRole("cell", { name: "Engines" }).dblclick();
  const asked: string[] = [];
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    // What is followed is followed anyway.
    if (!/stream|unread/.test(pathname)) asked.push(`${request.method()} ${pathname}`);
  });
  await page.getByRole("textbox", { name: "Company, Single one" }).fill("Looms");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("cell", { name: "Looms" })).toBeFocused();
  await page.waitForTimeout(3500);
  expect(asked).toEqual([expect.stringMatching(/^PATCH /)]);
});

test("says at the cell why a value is refused, and has it as it was", async ({ signedIn: page, api }) => {
  await makeCustomer(api, "Refused one", { emailId: "right@example.org" });
  await page.goto("/customers?search=refused&columns=emailId");
  await page.getByRole("cell", { name: "right@example.org" }).dblclick();
  await page.getByRole("textbox", { name: "Email, Refused one" }).fill("wrong");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page.getByRole("cell", { name: "right@example.org" })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: "Email, Refused one" })).toHaveValue("wrong");
  await page.keyboard.press("Escape");
});

test("two browsers that change the same cell decide whose value it is to be", async ({
  signedIn: page,
  api,
}) => {
  const lead = await makeLead(api, "Contested one", { company: "First" });
  await page.goto("/leads?search=contested&columns=company");
  await page.getByRole("cell", { name: "First" }).dblclick();
  await page.getByRole("textbox", { name: "Company, Contested one" }).fill("Mine");
  await api.PATCH("/api/leads/{id}", { params: { path: { id: lead.id } }, body: { company: "Theirs" } });
  // The list is left alone meanwhile, whatever the server tells.
  await page.waitForTimeout(2500);
  await expect(page.getByRole("textbox", { name: "Company, Contested one" })).toHaveValue("Mine");
  await page.keyboard.press("Enter");
  const conflict = page.getByRole("dialog", { name: "Somebody changed it in the meantime" });
  await expect(conflict).toContainText("Theirs");
  await conflict.getByRole("button", { name: "Take theirs" }).click();
  await expect(page.getByRole("cell", { name: "Theirs" })).toBeVisible();
});

test("reload, Back and a shared address keep what a list shows, and the row", async ({
  signedIn: page,
  api,
  context,
}) => {
  const items = Array.from({ length: 100 }, (_, index) => ({
    name: `Kept ${String(index).padStart(2, "0")}`,
    phone: `+1 555 02${index + 100}`,
  }));
  await api.POST("/api/leads/batch", { body: { items } });
  const address = "/leads?search=kept&status=New&sort=-name&columns=phone";
  await page.goto(address);
  const list = page.getByRole("region", { name: "Leads" });
  const row = (name: string) => page.getByRole("link", { name, exact: true });
  await expect(row("Kept 99")).toBeVisible();
  await list.evaluate((element) => element.scrollTo({ top: 2400 }));
  await expect(row("Kept 35")).toBeInViewport();

  await page.reload();
  await expect(row("Kept 35")).toBeInViewport();
  await expect(page.getByRole("columnheader", { name: "Phone" })).toBeVisible();
  await expect(page.getByRole("columnheader", { name: "Company" })).toBeHidden();

  await row("Kept 35").click();
  await expect(page.getByRole("heading", { level: 1, name: "Kept 35" })).toBeVisible();
  await page.keyboard.press("J");
  await expect(page.getByRole("heading", { level: 1, name: "Kept 34" })).toBeVisible();
  await page.goBack();
  await expect(row("Kept 35")).toBeInViewport();
  await expect(page.getByRole("button", { name: "Remove the filter Status" })).toBeVisible();

  const shared = await context.newPage();
  await shared.goto(page.url());
  await expect(shared.getByRole("searchbox")).toHaveValue("kept");
  await expect(shared.getByRole("link", { name: "Kept 99", exact: true })).toBeVisible();
  await expect(shared.getByRole("columnheader", { name: "Name" })).toHaveAttribute("aria-sort", "descending");
});
