import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { someProblem } from "@/testing/data";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";
import {
  adminPermissions,
  agentRole,
  answerRolesAndTeams,
  managerRole,
  someColleague,
  someTeam,
  userPage,
} from "@/testing/users";

const made = someColleague(7, { name: "Grace Hopper" });
const link = {
  url: "https://crm.example.org/set-password#token=secret",
  expiresAt: "2026-03-08T09:30:00.000Z",
};

beforeEach(() => {
  answerRolesAndTeams();
  server.use(
    http.get("/api/users", ({ response }) => response(200).json(userPage([]))),
    http.get("/api/users/{id}", ({ response }) => response(200).json(made)),
    http.get("/api/users/{id}/sessions", ({ response }) => response(200).json({ sessions: [] })),
  );
});

async function openForm() {
  const opened = renderRoute("/users/new", { permissions: adminPermissions });
  const dialog = await screen.findByRole("dialog", { name: "New user" });
  await within(dialog).findByRole("checkbox", { name: "Agent" });
  return { ...opened, dialog };
}

test("says what is missing", async () => {
  const { user, dialog } = await openForm();
  await user.click(within(dialog).getByRole("button", { name: "Create user" }));
  await waitFor(() =>
    expect(within(dialog).getByRole("textbox", { name: /Name/ })).toHaveAccessibleDescription(
      "Name is required",
    ),
  );
  expect(within(dialog).getByRole("alert")).toHaveTextContent("Choose at least one role");
});

test("makes a user, shows the link once, and goes to their page", async () => {
  const sent: unknown[] = [];
  server.use(
    http.post("/api/users", async ({ request, response }) => {
      sent.push(await request.json());
      return response(201).json({ user: made, link });
    }),
  );
  const { user, dialog, router } = await openForm();
  await user.type(within(dialog).getByRole("textbox", { name: /Name/ }), "Grace Hopper");
  await user.type(within(dialog).getByRole("textbox", { name: /Email/ }), "grace@example.org");
  await user.click(within(dialog).getByRole("checkbox", { name: "Agent" }));
  await user.click(within(dialog).getByRole("checkbox", { name: "Team 1" }));
  await user.click(within(dialog).getByRole("button", { name: "Create user" }));

  const shown = await screen.findByRole("dialog", { name: "Grace Hopper is created" });
  expect(within(shown).getByLabelText("Password link")).toHaveValue(link.url);
  expect(sent).toEqual([
    {
      name: "Grace Hopper",
      emailId: "grace@example.org",
      roles: [agentRole.id],
      teams: [someTeam(1).id],
      isService: false,
    },
  ]);
  await user.click(within(shown).getByRole("button", { name: "Done" }));
  expect(await screen.findByRole("heading", { level: 1, name: "Grace Hopper" })).toBeInTheDocument();
  expect(router.state.location.pathname).toBe(`/users/${made.id}`);
});

test("sets the first password, and gives the other roles afterwards", async () => {
  const sent: unknown[] = [];
  server.use(
    http.post("/api/auth/register", async ({ request, response }) => {
      sent.push(await request.json());
      return response(201).json({ message: "The user was made", user: made });
    }),
    http.patch("/api/users/{id}", async ({ request, response }) => {
      sent.push(request.headers.get("If-Match"), await request.json());
      return response(200).json(made);
    }),
  );
  const { user, dialog } = await openForm();
  await user.type(within(dialog).getByRole("textbox", { name: /Name/ }), "Grace Hopper");
  await user.type(within(dialog).getByRole("textbox", { name: /Email/ }), "grace@example.org");
  await user.click(within(dialog).getByRole("checkbox", { name: "Manager" }));
  await user.click(within(dialog).getByRole("checkbox", { name: "Agent" }));
  await user.click(within(dialog).getByRole("radio", { name: "I set it, and they change it" }));
  await user.type(await within(dialog).findByLabelText(/^Password/), "violet-tandem-otter-77");
  await user.click(within(dialog).getByRole("button", { name: "Create user" }));

  expect(await screen.findByRole("heading", { level: 1, name: "Grace Hopper" })).toBeInTheDocument();
  expect(sent).toEqual([
    {
      name: "Grace Hopper",
      emailId: "grace@example.org",
      role: "Manager",
      password: "violet-tandem-otter-77",
    },
    '"1"',
    { roles: [managerRole.id, agentRole.id], teams: [] },
  ]);
});

test("shows what the server refuses at the field that it is about", async () => {
  server.use(
    http.post("/api/users", ({ response }) =>
      response(400).json(
        someProblem("validation-failed", 400, {
          errors: [
            {
              pointer: "#/emailId",
              parameter: null,
              code: "not-an-email",
              message: "is not an e-mail address",
            },
          ],
        }),
      ),
    ),
  );
  const { user, dialog } = await openForm();
  await user.type(within(dialog).getByRole("textbox", { name: /Name/ }), "Grace");
  await user.type(within(dialog).getByRole("textbox", { name: /Email/ }), "grace");
  await user.click(within(dialog).getByRole("checkbox", { name: "Agent" }));
  await user.click(within(dialog).getByRole("button", { name: "Create user" }));
  await waitFor(() =>
    expect(within(dialog).getByRole("textbox", { name: /Email/ })).toHaveAccessibleDescription(
      "is not an e-mail address",
    ),
  );
  expect(within(dialog).getByRole("textbox", { name: /Name/ })).toHaveValue("Grace");
});
