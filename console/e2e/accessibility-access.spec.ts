import { expectAccessible, expectAccessibleDialog, expectNoViolations } from "./support/axe";
import { makeUser, signIn, test } from "./support/test";

test("dialogs about users", async ({ page, api }) => {
  const agent = await makeUser(api, "Agent");
  await signIn(page);
  await expectAccessible(page, "/users?search=nobodyiscalledthis", "No user is like this");
  await page.goto(`/users/${agent.id}`);
  await expectAccessibleDialog(page, "Change: Roles", "Roles of Some Agent");
  await expectAccessibleDialog(page, "Disable…", "Disable Some Agent?");
  await expectAccessibleDialog(page, "Password link", "A new password for Some Agent");
});

test("teams before and after somebody is in them, and their dialogs", async ({ page, api }) => {
  const name = "Team";
  await signIn(page);
  await page.goto("/teams");
  await expectAccessibleDialog(page, "New team", "New team");
  const { data: team } = await api.POST("/api/teams", { body: { name } });
  await expectAccessible(page, `/teams/${team?.id}`, "Nobody is in this team yet.");
  await expectAccessibleDialog(page, "Rename", "Rename the team");
  const agent = await makeUser(api, "Agent");
  const membership = { params: { path: { id: agent.id } }, body: { teams: [team?.id ?? ""] } };
  await api.PATCH("/api/users/{id}", membership);
  await expectAccessible(page, `/teams/${team?.id}`, "Some Agent");
  await expectAccessibleDialog(page, "Delete…", `Delete the team ${name}?`);
});

test("roles that came with the program, and those that did not", async ({ page, api }) => {
  await signIn(page);
  await page.goto("/roles");
  await page.getByRole("link", { name: "Agent", exact: true }).click();
  await page.getByText("This role came with the program and is not edited.").waitFor();
  await expectNoViolations(page);
  const { data: role } = await api.POST("/api/roles", { body: { name: "Axe" } });
  await expectAccessible(page, `/roles/${role?.id}`, "Its users must have a second factor");
  await expectAccessibleDialog(page, "Delete…", "Delete the role Axe?");
});
