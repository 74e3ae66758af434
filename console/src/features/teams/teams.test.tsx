import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { someProblem } from "@/testing/data";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";
import { adminPermissions, answerRolesAndTeams, someColleague, someTeam, userPage } from "@/testing/users";

const team = someTeam(1, { name: "North" });
const path = `/teams/${team.id}`;
const member = someColleague(1, { teams: [{ id: team.id, name: "North" }] });
const other = someColleague(2, { teams: [{ id: someTeam(9).id, name: "South" }] });

beforeEach(() => {
  answerRolesAndTeams();
  server.use(
    http.get("/api/teams", ({ response }) => response(200).json({ teams: [team] })),
    http.get("/api/users", ({ query, response }) =>
      response(200).json(userPage(query.get("team") ? [member] : [member, other])),
    ),
    http.get("/api/users/{id}", ({ params, response }) =>
      response(200).json(params.id === member.id ? member : other),
    ),
  );
});

test("makes a team, and says when its name is taken", async () => {
  server.use(
    http.post("/api/teams", async ({ request, response }) => {
      const { name } = await request.json();
      return name === "North"
        ? response("default").json(someProblem("name-taken", 409, { detail: "The name is taken" }), {
            status: 409,
          })
        : response(201).json(someTeam(2, { name }));
    }),
  );
  const { user, router } = renderRoute("/teams", { permissions: adminPermissions });
  await user.click(await screen.findByRole("button", { name: "New team" }));
  const dialog = await screen.findByRole("dialog", { name: "New team" });
  await user.click(within(dialog).getByRole("button", { name: "Create team" }));
  const name = within(dialog).getByRole("textbox", { name: /Name/ });
  await waitFor(() => expect(name).toHaveAccessibleDescription("Name is required"));
  await user.type(name, "North");
  await user.click(within(dialog).getByRole("button", { name: "Create team" }));
  expect(await within(dialog).findByRole("alert")).toHaveTextContent("The name is taken");
  await user.clear(name);
  await user.type(name, "West");
  await user.click(within(dialog).getByRole("button", { name: "Create team" }));
  await waitFor(() => expect(router.state.location.pathname).toBe(`/teams/${someTeam(2).id}`));
});

test("takes somebody in, besides the teams that they are in, and out again", async () => {
  const sent: unknown[] = [];
  server.use(
    http.patch("/api/users/{id}", async ({ params, request, response }) => {
      sent.push(params.id, request.headers.get("If-Match"), await request.json());
      return response(200).json(other);
    }),
  );
  const { user } = renderRoute(path, { permissions: adminPermissions });
  expect(await screen.findByRole("link", { name: "Colleague 1" })).toBeInTheDocument();
  await user.click(screen.getByRole("combobox", { name: "Add a member" }));
  await user.click(await screen.findByRole("option", { name: "Colleague 2" }));
  await waitFor(() => expect(sent).toEqual([other.id, '"1"', { teams: [someTeam(9).id, team.id] }]));
  await user.click(screen.getByRole("button", { name: "Take Colleague 1 out of the team" }));
  await waitFor(() => expect(sent.slice(3)).toEqual([member.id, '"1"', { teams: [] }]));
});

test("tells why a team that somebody is in cannot be deleted", async () => {
  server.use(
    http.delete("/api/teams/{id}", ({ response }) =>
      response("default").json(someProblem("in-use", 409, { detail: "Somebody is in the team" }), {
        status: 409,
      }),
    ),
  );
  const { user } = renderRoute(path, { permissions: adminPermissions });
  await user.click(await screen.findByRole("button", { name: "Delete…" }));
  await user.click(await screen.findByRole("button", { name: "Delete" }));
  expect((await screen.findAllByText("Somebody is in the team"))[0]).toBeInTheDocument();
});

test("only shows teams to who may not manage them", async () => {
  renderRoute(path, { permissions: ["team:read", "user:read"] });
  await screen.findByRole("link", { name: "Colleague 1" });
  expect(screen.getByRole("button", { name: "Rename" })).toHaveAttribute("aria-disabled", "true");
  expect(screen.queryByRole("combobox", { name: "Add a member" })).not.toBeInTheDocument();
});
