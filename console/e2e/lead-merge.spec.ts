import { expect, makeLead, test } from "./support/test";

test("merges two leads and takes the merge back", async ({ signedIn: page, api }) => {
  const phone = `+49 30 ${Math.floor(1_000_000 + Math.random() * 8_999_999)}`;
  const target = await makeLead(api, "Hedy Lamarr", { company: "Studio" });
  const source = await makeLead(api, "Hedwig Kiesler", { company: "Wien", tags: ["actor"] });
  for (const { id } of [target, source]) {
    await api.PATCH("/api/leads/{id}", { params: { path: { id } }, body: { phone } });
  }
  await page.goto(`/leads/${target.id}`);
  await expect(page.getByText("Another lead may be the same:")).toBeVisible();
  await page.getByRole("button", { name: "Compare and merge" }).click();
  const dialog = page.getByRole("dialog", { name: "Merge into Hedy Lamarr" });
  await dialog.getByRole("checkbox", { name: /Hedwig Kiesler same phone/ }).click();
  await dialog.getByRole("radio", { name: "Wien" }).check();
  await expect(dialog.getByRole("region", { name: "The lead will be" })).toContainText("Wien");
  await expect(dialog.getByRole("region", { name: "The lead will be" })).toContainText("actor");
  await dialog.getByRole("button", { name: "Merge 1 lead" }).click();
  await expect(page.getByRole("button", { name: "Edit Company" })).toHaveText("Wien");
  const gone = await api.GET("/api/leads/{id}", { params: { path: { id: source.id } } });
  expect(gone.data?.mergedInto).toBe(target.id);

  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("The merge is undone").first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Edit Company" })).toHaveText("Studio");
  const back = await api.GET("/api/leads/{id}", { params: { path: { id: source.id } } });
  expect(back.data?.mergedInto).toBeNull();
});
