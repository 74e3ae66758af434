import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { someProblem, someUser } from "@/testing/data";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";
import {
  adminPermissions,
  agentRole,
  answerRolesAndTeams,
  managerRole,
  someColleague,
  userPage,
} from "@/testing/users";

const colleague = someColleague(1);
const path = `/users/${colleague.id}`;
const session = {
  id: "00000000-0000-7000-8000-700000000001",
  address: "192.0.2.7",
  userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
  createdAt: someUser.createdAt,
  refreshedAt: someUser.createdAt,
  expiresAt: someUser.createdAt,
  isCurrent: false,
};

beforeEach(() => {
  answerRolesAndTeams();
  server.use(
    http.get("/api/users", ({ response }) => response(200).json(userPage([colleague, someColleague(2)]))),
    http.get("/api/users/{id}", ({ response }) => response(200).json(colleague)),
    http.get("/api/users/{id}/sessions", ({ response }) => response(200).json({ sessions: [session] })),
  );
});

const open = (permissions = adminPermissions) => renderRoute(path, { permissions });

test("gives another role, for the version that was seen, and shows both when it is stale", async () => {
  const sent: unknown[] = [];
  server.use(
    http.patch("/api/users/{id}", async ({ request, response }) => {
      sent.push(request.headers.get("If-Match"), await request.json());
      return sent.length < 3
        ? response("default").json(someProblem("stale", 412), { status: 412 })
        : response(200).json({ ...colleague, roles: [{ id: managerRole.id, name: "Manager" }], version: 3 });
    }),
  );
  const { user } = open();
  await user.click(await screen.findByRole("button", { name: "Change: Roles" }));
  const dialog = await screen.findByRole("dialog", { name: "Roles of Colleague 1" });
  await user.click(await within(dialog).findByRole("checkbox", { name: "Manager" }));
  server.use(http.get("/api/users/{id}", ({ response }) => response(200).json({ ...colleague, version: 2 })));
  await user.click(within(dialog).getByRole("button", { name: "Save" }));

  const conflict = await screen.findByRole("dialog", { name: "Somebody changed it in the meantime" });
  expect(conflict).toHaveTextContent("Agent and Manager");
  await user.click(within(conflict).getByRole("button", { name: "Keep mine" }));
  expect(await screen.findByRole("link", { name: "Manager" })).toBeInTheDocument();
  const roles = [agentRole.id, managerRole.id];
  expect(sent).toEqual(['"1"', { roles }, '"2"', { roles }]);
});

test("disables somebody, gives what they had to somebody else, and tells how much that was", async () => {
  const sent: unknown[] = [];
  server.use(
    http.post("/api/users/{id}/disable", async ({ request, response }) => {
      sent.push(await request.json());
      return response(200).json({
        message: "Disabled",
        reassignedLeads: 12,
        reassignedCustomers: 0,
        reassignedTasks: 3,
        reassignedOthers: 4,
        user: { ...colleague, isActive: false },
      });
    }),
  );
  const { user } = open();
  await user.click(await screen.findByRole("button", { name: "Disable…" }));
  const dialog = await screen.findByRole("dialog", { name: "Disable Colleague 1?" });
  await user.click(within(dialog).getByRole("radio", { name: "go to somebody else" }));
  await user.click(within(dialog).getByRole("button", { name: "Disable" }));
  const heir = await within(dialog).findByRole("combobox", { name: /Who gets them/ });
  expect(heir).toHaveAccessibleDescription("Choose somebody");
  expect(sent).toEqual([]);
  await user.click(heir);
  expect(screen.queryByRole("option", { name: "Colleague 1" })).not.toBeInTheDocument();
  await user.click(await screen.findByRole("option", { name: "Colleague 2" }));
  await user.click(within(dialog).getByRole("button", { name: "Disable" }));

  const result = await screen.findByRole("dialog", { name: "Colleague 1 is disabled" });
  expect(result).toHaveTextContent("These went to Colleague 2:");
  expect(
    within(result)
      .getAllByRole("definition")
      .map((count) => count.textContent),
  ).toEqual(["12", "3", "4"]);
  expect(sent).toEqual([{ reassignTo: someColleague(2).id }]);
  await user.click(within(result).getByRole("button", { name: "Done" }));
  expect(await screen.findByRole("button", { name: "Enable" })).toBeInTheDocument();
});

test("leaves the records where they are unless told otherwise", async () => {
  const sent: unknown[] = [];
  server.use(
    http.post("/api/users/{id}/disable", async ({ request, response }) => {
      sent.push(await request.json());
      return response("default").json(someProblem("last-admin", 409, { detail: "The last Admin stays" }), {
        status: 409,
      });
    }),
  );
  const { user } = open();
  await user.click(await screen.findByRole("button", { name: "Disable…" }));
  const dialog = await screen.findByRole("dialog", { name: "Disable Colleague 1?" });
  await user.click(within(dialog).getByRole("button", { name: "Disable" }));
  expect(await within(dialog).findByRole("alert")).toHaveTextContent("The last Admin stays");
  expect(sent).toEqual([{}]);
});

test("shows a password link once", async () => {
  server.use(
    http.post("/api/users/{id}/password-link", ({ response }) =>
      response(201).json({
        url: "https://crm.example.org/set-password#token=x",
        expiresAt: session.expiresAt,
      }),
    ),
  );
  const { user } = open();
  await user.click(await screen.findByRole("button", { name: "Password link" }));
  const dialog = await screen.findByRole("dialog", { name: "A new password for Colleague 1" });
  expect(within(dialog).getByLabelText("Password link")).toHaveValue(
    "https://crm.example.org/set-password#token=x",
  );
  await user.click(within(dialog).getByRole("button", { name: "Copy Password link" }));
  expect(await within(dialog).findByText("Copied")).toBeInTheDocument();
  expect(await navigator.clipboard.readText()).toBe("https://crm.example.org/set-password#token=x");
  await user.click(within(dialog).getByRole("button", { name: "Done" }));
  await waitFor(() => expect(dialog).not.toBeInTheDocument());
});

test("lists the sessions, and ends one or all", async () => {
  const ended: string[] = [];
  server.use(
    http.delete("/api/auth/sessions/{id}", ({ params, response }) => {
      ended.push(params.id);
      return response(200).json({ message: "Ended" });
    }),
    http.delete("/api/users/{id}/sessions", ({ response }) => {
      ended.push("all");
      return response(200).json({ message: "Ended" });
    }),
  );
  const { user } = open();
  expect(await screen.findByText("Firefox on Linux")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "End" }));
  await waitFor(() => expect(ended).toEqual([session.id]));
  await user.click(screen.getByRole("button", { name: "End all…" }));
  await user.click(await screen.findByRole("button", { name: "End all" }));
  await waitFor(() => expect(ended).toEqual([session.id, "all"]));
});

test("removes the second factor of somebody who lost it", async () => {
  let isRemoved = false;
  server.use(
    http.delete("/api/users/{id}/two-factor", ({ response }) => {
      isRemoved = true;
      return response(200).json({ message: "Removed" });
    }),
  );
  const { user } = open();
  await user.click(await screen.findByRole("button", { name: "More actions" }));
  await user.click(await screen.findByRole("menuitem", { name: "Remove the second factor…" }));
  await user.click(await screen.findByRole("button", { name: "Remove" }));
  await waitFor(() => expect(isRemoved).toBe(true));
});

test("says why one cannot disable oneself, nor change one's own roles", async () => {
  server.use(http.get("/api/users/{id}", ({ response }) => response(200).json(someUser)));
  const { user } = renderRoute(`/users/${someUser.id}`, { permissions: adminPermissions });
  const disable = await screen.findByRole("button", { name: "Disable…" });
  expect(disable).toHaveAttribute("aria-disabled", "true");
  await user.hover(disable);
  expect(await screen.findByText("You cannot disable yourself")).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Change: Roles" })).toHaveAttribute("aria-disabled", "true");
});

test("is read-only for who may only see users", async () => {
  open(["user:read"]);
  expect(await screen.findByRole("button", { name: "Password link" })).toHaveAttribute(
    "aria-disabled",
    "true",
  );
  expect(screen.queryByRole("button", { name: "Edit Name" })).not.toBeInTheDocument();
  expect(screen.queryByText("Sessions")).not.toBeInTheDocument();
});
