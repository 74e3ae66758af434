import { screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { someProblem } from "@/testing/data";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";
import { adminPermissions, answerRolesAndTeams, managerRole, someColleague, userPage } from "@/testing/users";

beforeEach(answerRolesAndTeams);

function answerUsers(users = [someColleague(1), someColleague(2, { isActive: false })]) {
  const asked: URLSearchParams[] = [];
  server.use(
    http.get("/api/users", ({ request, response }) => {
      asked.push(new URL(request.url).searchParams);
      return response(200).json(userPage(users));
    }),
  );
  return asked;
}

test("shows who works here, and narrows them by a role of the workspace", async () => {
  const asked = answerUsers();
  const { user, router } = renderRoute("/users", { permissions: adminPermissions });
  expect(await screen.findByRole("link", { name: "Colleague 1" })).toBeInTheDocument();
  expect(screen.getByText("Disabled")).toBeInTheDocument();
  expect(asked).toHaveLength(1);

  await user.click(screen.getByRole("button", { name: "Filter" }));
  await user.click(await screen.findByRole("menuitem", { name: "Role" }));
  await user.click(await screen.findByRole("checkbox", { name: "Manager" }));
  await waitFor(() => expect(asked.at(-1)?.get("role")).toBe(managerRole.id));
  expect(router.state.location.search).toBe(`?role=${managerRole.id}`);
});

test("says that nobody is like this, and clears what narrows the list", async () => {
  answerUsers([]);
  const { user, router } = renderRoute("/users?isActive=false", { permissions: adminPermissions });
  expect(await screen.findByText("No user is like this")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Clear filters" }));
  await waitFor(() => expect(router.state.location.search).toBe(""));
});

test("has no place in the navigation for who manages no users, and makes none", async () => {
  answerUsers();
  renderRoute("/users", { permissions: ["user:read"] });
  await screen.findByRole("link", { name: "Colleague 1" });
  expect(screen.queryByRole("link", { name: "New user" })).not.toBeInTheDocument();
  expect(screen.getByRole("navigation", { name: "Main" })).not.toHaveTextContent("Users");
});

test("tells who may not see users that they may not", async () => {
  server.use(http.get("/api/users", ({ response }) => response(403).json(someProblem("forbidden", 403))));
  renderRoute("/users", { permissions: [] });
  expect(await screen.findByRole("alert")).toHaveTextContent("You may not do this");
});
