import { expectNoViolations } from "./support/axe";
import { makeLead, signIn, test } from "./support/test";

// A database of its own: others begin where nothing was imported.
test.use({ server: {} });

test("converting and merging a lead", async ({ page, api }) => {
  const phone = "+49 30 5550199";
  const lead = await makeLead(api, "Hedy of the walk");
  const other = await makeLead(api, "Hedwig of the walk", { company: "Wien", tags: ["actor"] });
  for (const { id } of [lead, other]) {
    await api.PATCH("/api/leads/{id}", { params: { path: { id } }, body: { phone } });
  }
  await signIn(page);
  await page.goto(`/leads/${lead.id}`);
  await page.getByRole("button", { name: "Compare and merge" }).click();
  const merge = page.getByRole("dialog", { name: "Merge into Hedy of the walk" });
  await merge.getByRole("checkbox", { name: /Hedwig of the walk/ }).click();
  await merge.getByRole("region", { name: "The lead will be" }).waitFor();
  await expectNoViolations(page);
  await page.keyboard.press("Escape");

  await page.getByRole("button", { name: "Convert" }).click();
  const convert = page.getByRole("dialog", { name: "Convert Hedy of the walk" });
  await convert.getByRole("region", { name: "What will happen" }).waitFor();
  await convert.getByRole("checkbox", { name: "Make a deal with this customer" }).check();
  await expectNoViolations(page);
});

test("shortcuts, and signing in again", async ({ page, context }) => {
  await signIn(page);
  await page.goto("/leads");
  await page.getByRole("heading", { level: 1, name: "Leads" }).waitFor();
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  await expectNoViolations(page);

  await page.goto("/leads/new");
  await page.getByRole("textbox", { name: "Name" }).fill("Typed before");
  await context.request.post("/api/auth/logout", { headers: { Origin: new URL(page.url()).origin } });
  await context.clearCookies();
  await page.getByRole("button", { name: "Create lead" }).click();
  await page.getByRole("dialog", { name: "Sign in again" }).waitFor();
  await expectNoViolations(page);
});

test("each step of an import", async ({ page }) => {
  await signIn(page);
  await page.goto("/imports/new");
  await page.locator("input[type=file]").setInputFiles({
    name: "leads.csv",
    mimeType: "text/csv",
    buffer: Buffer.from("Full name,Email\nStep One,step.one@example.org\nStep Two,nowhere\n"),
  });
  await page.getByRole("combobox", { name: "What Full name holds" }).waitFor();
  await expectNoViolations(page);
  await page.getByRole("button", { name: "Preview" }).click();
  await page.getByRole("button", { name: "Send and check all rows" }).waitFor();
  await expectNoViolations(page);
  await page.getByRole("button", { name: "Send and check all rows" }).click();
  await page.getByRole("button", { name: "Import", exact: true }).waitFor();
  await expectNoViolations(page);
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await page.getByRole("link", { name: "See the leads" }).waitFor();
  await expectNoViolations(page);
  await page.getByRole("button", { name: "Take the import back…" }).click();
  await page.getByRole("alertdialog").waitFor();
  await expectNoViolations(page);
});
