import { expectAccessible, expectAccessibleDialog, expectNoViolations } from "./support/axe";
import { makeUser, signIn, test } from "./support/test";

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in the ${colorScheme} theme`, () => {
    test.use({ colorScheme });

    test("users, and one of them", async ({ page, api }) => {
      const agent = await makeUser(api, "Agent");
      await signIn(page);
      await expectAccessible(page, "/users", agent.emailId);
      await expectAccessible(page, "/users?search=nobodyiscalledthis", "No user is like this");
      await expectAccessible(page, "/users/new", "Create user");
      await expectAccessible(page, `/users/${agent.id}`, "Signed in nowhere.");
      await expectAccessibleDialog(page, "Change: Roles", "Roles of Some Agent");
      await expectAccessibleDialog(page, "Disable…", "Disable Some Agent?");
      await expectAccessibleDialog(page, "Password link", "A new password for Some Agent");
    });

    test("teams, and one of them", async ({ page, api }) => {
      const name = `Team ${colorScheme}`;
      await signIn(page);
      await page.goto("/teams");
      await expectAccessibleDialog(page, "New team", "New team");
      const { data: team } = await api.POST("/api/teams", { body: { name } });
      await expectAccessible(page, "/teams", name);
      await expectAccessible(page, `/teams/${team?.id}`, "Nobody is in this team yet.");
      await expectAccessibleDialog(page, "Rename", "Rename the team");
      const agent = await makeUser(api, "Agent");
      const membership = { params: { path: { id: agent.id } }, body: { teams: [team?.id ?? ""] } };
      await api.PATCH("/api/users/{id}", membership);
      await expectAccessible(page, `/teams/${team?.id}`, "Some Agent");
      await expectAccessibleDialog(page, "Delete…", `Delete the team ${name}?`);
    });

    test("roles, one of them, and why somebody may do something", async ({ page, api }) => {
      await signIn(page);
      await expectAccessible(page, "/roles", "Who has several roles has the widest reach of them.");
      await page.getByRole("link", { name: "Agent", exact: true }).click();
      await page.getByText("This role came with the program and is not edited.").waitFor();
      await expectNoViolations(page);
      await expectAccessible(page, "/roles/new", "Create role");
      const { data: role } = await api.POST("/api/roles", { body: { name: `Axe ${colorScheme}` } });
      await expectAccessible(page, `/roles/${role?.id}`, "Its users must have a second factor");
      await expectAccessibleDialog(page, "Delete…", `Delete the role Axe ${colorScheme}?`);
      await expectAccessible(page, "/roles/explain", "Yes, allowed");
    });
  });
}
