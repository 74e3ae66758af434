import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { someProblem, someUser } from "@/testing/data";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";
import { adminPermissions, agentRole, someRole } from "@/testing/users";

const permissions = [
  { permission: "lead:read", description: "see them" },
  { permission: "lead:update", description: "change them" },
  { permission: "deals.deal:read", description: "see deals" },
];
const agent = { ...agentRole, permissions: [{ permission: "lead:read", scope: "queue" as const }] };
const own = someRole(7, {
  name: "Closer",
  grants: [{ permission: "lead:update", scope: "own" }],
  permissions: [{ permission: "lead:update", scope: "own" }],
});
const may = [...adminPermissions, "lead:read", "lead:update"];

beforeEach(() => {
  server.use(
    http.get("/api/roles", ({ response }) => response(200).json({ roles: [agent, own] })),
    http.get("/api/authz/permissions", ({ response }) => response(200).json({ permissions })),
    http.get("/api/users", ({ response }) =>
      response(200).json({ users: [], page: 1, totalPages: 0, totalUsers: 0 }),
    ),
  );
});

test("shows how far each role reaches, and what that means", async () => {
  renderRoute("/roles", { permissions: may });
  const table = await screen.findByRole("table");
  const row = within(table).getByRole("row", { name: /see them/ });
  expect(
    within(row)
      .getAllByRole("cell")
      .map((cell) => cell.textContent),
  ).toEqual(["Queue", "–not granted"]);
  expect(screen.getByText("own, and what nobody in their teams has taken yet")).toBeInTheDocument();
  expect(within(table).getByText("Deals")).toBeInTheDocument();
});

test("makes a role as a copy, without what one does not hold oneself", async () => {
  const sent: unknown[] = [];
  server.use(
    http.post("/api/roles", async ({ request, response }) => {
      sent.push(await request.json());
      return response(201).json(own);
    }),
  );
  const { user, router } = renderRoute(`/roles/new?from=${agent.id}`, { permissions: may });
  expect(await screen.findByRole("radio", { name: "Leads, see them: Queue" })).toBeChecked();
  expect(screen.getByRole("radio", { name: "Deals, see deals: Own" })).toBeDisabled();
  await user.click(screen.getByRole("button", { name: "Create role" }));
  const name = screen.getByRole("textbox", { name: /Name/ });
  await waitFor(() => expect(name).toHaveAccessibleDescription("Name is required"));
  await user.type(name, "Closer");
  await user.click(screen.getByRole("radio", { name: "Leads, change them: Team" }));
  await user.click(screen.getByRole("button", { name: "Create role" }));
  await waitFor(() => expect(router.state.location.pathname).toBe(`/roles/${own.id}`));
  expect(sent).toEqual([
    {
      name: "Closer",
      description: null,
      inherits: [],
      demandsSecondFactor: false,
      grants: [
        { permission: "lead:read", scope: "queue" },
        { permission: "lead:update", scope: "team" },
      ],
    },
  ]);
});

test("changes what a role grants, and shows what it takes over from another", async () => {
  const sent: unknown[] = [];
  server.use(
    http.patch("/api/roles/{id}", async ({ request, response }) => {
      sent.push(request.headers.get("If-Match"), await request.json());
      return response(200).json({ ...own, version: 2 });
    }),
  );
  const { user } = renderRoute(`/roles/${own.id}`, { permissions: may });
  await user.click(await screen.findByRole("checkbox", { name: "Agent" }));
  const row = screen.getByRole("row", { name: /see them/ });
  expect(row).toHaveTextContent("inherited: Queue");
  await user.click(screen.getByRole("radio", { name: "Leads, change them: None" }));
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(sent[0]).toBe('"1"'));
  expect(sent[1]).toEqual({ name: "Closer", description: null, inherits: [agent.id], grants: [] });
});

test("lets one decide when somebody else changed the role", async () => {
  const versions: unknown[] = [];
  server.use(
    http.patch("/api/roles/{id}", ({ request, response }) => {
      versions.push(request.headers.get("If-Match"));
      return versions.length === 1
        ? response("default").json(someProblem("stale", 412), { status: 412 })
        : response(200).json({ ...own, name: "Mine", version: 3 });
    }),
  );
  const { user } = renderRoute(`/roles/${own.id}`, { permissions: may });
  const name = await screen.findByRole("textbox", { name: /Name/ });
  await user.clear(name);
  await user.type(name, "Mine");
  server.use(
    http.get("/api/roles", ({ response }) =>
      response(200).json({ roles: [agent, { ...own, name: "Theirs", version: 2 }] }),
    ),
  );
  await user.click(screen.getByRole("button", { name: "Save" }));
  await user.click(await screen.findByRole("button", { name: "Save mine all the same" }));
  await waitFor(() => expect(versions).toEqual(['"1"', '"2"']));
});

test("a built-in role is only to be read, but may demand a second factor", async () => {
  const sent: unknown[] = [];
  server.use(
    http.patch("/api/roles/{id}", async ({ request, response }) => {
      sent.push(await request.json());
      return response(200).json({ ...agent, demandsSecondFactor: true, version: 2 });
    }),
  );
  const { user } = renderRoute(`/roles/${agent.id}`, { permissions: may });
  expect(await screen.findByRole("link", { name: "Copy" })).toHaveAttribute(
    "href",
    `/roles/new?from=${agent.id}`,
  );
  expect(screen.queryByRole("radio")).not.toBeInTheDocument();
  await user.click(screen.getByRole("switch", { name: "Its users must have a second factor" }));
  await waitFor(() => expect(sent).toEqual([{ demandsSecondFactor: true }]));
});

test("explains why somebody may not do something, by the address", async () => {
  const asked: (string | null)[] = [];
  server.use(
    http.get("/api/authz/explain", ({ query, response }) => {
      asked.push(query.get("resource"), query.get("action"), query.get("user"));
      return response(200).json({
        permission: "lead:update",
        isAllowed: false,
        scope: "own",
        reason: "The role Agent grants it as far as own.",
        grantedBy: [
          {
            role: { id: own.id, name: "Closer" },
            ruleOf: { id: agent.id, name: "Agent" },
            scope: "own",
          },
        ],
      });
    }),
    http.get("/api/users/{id}", ({ response }) => response(200).json(someUser)),
  );
  renderRoute("/roles/explain?permission=lead:update", { permissions: may });
  expect(await screen.findByText("No, not allowed")).toBeInTheDocument();
  expect(screen.getByText("The role Agent grants it as far as own.")).toBeInTheDocument();
  expect(screen.getByText("taken over from Agent")).toBeInTheDocument();
  expect(asked).toEqual(["lead", "update", null]);
});
