import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { someProblem, someUser } from "@/testing/data";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";
import { someColleague, someTeam, userPage } from "@/testing/users";

const at = someUser.createdAt;

const rule = (number: number) => ({
  id: `00000000-0000-7000-8000-a${String(number).padStart(11, "0")}`,
  name: `Rule ${number}`,
  position: number,
  isActive: true,
  strategy: "roundRobin" as const,
  users: [someColleague(1).id],
  team: null,
  conditions: { companyContains: null, emailDomains: [], sources: ["Web"], statuses: [], tags: [] },
  version: 1,
  createdAt: at,
  updatedAt: at,
});

beforeEach(() => {
  server.use(
    http.get("/api/users", ({ response }) =>
      response(200).json(userPage([someColleague(1), someColleague(2)])),
    ),
    http.get("/api/users/{id}", ({ response }) => response(200).json(someColleague(1))),
    http.get("/api/teams", ({ response }) => response(200).json({ teams: [someTeam(1)] })),
  );
});

test("merges tags by one name, in as many calls as it takes", async () => {
  const sent: unknown[] = [];
  server.use(
    http.get("/api/tags", ({ response }) =>
      response(200).json({
        tags: [
          { tag: "vip", records: 1000, isCapped: true },
          { tag: "V.I.P.", records: 3, isCapped: false },
        ],
        isComplete: true,
      }),
    ),
    http.post("/api/tags/rename", async ({ request, response }) => {
      sent.push(await request.json());
      return response(200).json({
        records: sent.length === 1 ? 2000 : 5,
        refused: 0,
        isComplete: sent.length > 1,
      });
    }),
  );
  const { user } = renderRoute("/settings/tags", { permissions: ["tag:manage", "lead:read"] });
  expect(await screen.findByText("1,000+")).toBeInTheDocument();
  await user.click(screen.getByRole("checkbox", { name: "vip" }));
  await user.click(screen.getByRole("checkbox", { name: "V.I.P." }));
  await user.click(screen.getByRole("button", { name: "Merge 2 tags…" }));
  const dialog = await screen.findByRole("dialog", { name: "Merge the tags" });
  const name = within(dialog).getByRole("textbox", { name: /Name/ });
  await user.clear(name);
  await user.type(name, "VIP");
  await user.click(within(dialog).getByRole("button", { name: "Merge" }));
  expect((await screen.findAllByText("2,005 records changed"))[0]).toBeInTheDocument();
  const body = { resource: "lead", from: ["vip", "V.I.P."], to: "VIP" };
  expect(sent).toEqual([body, body]);
});

test("makes an assignment rule", async () => {
  const sent: unknown[] = [];
  server.use(
    http.get("/api/assignment-rules", ({ response }) => response(200).json({ assignmentRules: [] })),
    http.get("/api/tags", ({ response }) => response(200).json({ tags: [], isComplete: true })),
    http.post("/api/assignment-rules", async ({ request, response }) => {
      sent.push(await request.json());
      return response(201).json(rule(1));
    }),
  );
  const permissions = ["assignmentRule:read", "assignmentRule:manage", "user:read"];
  const { user } = renderRoute("/settings/assignment-rules", { permissions });
  await user.click(await screen.findByRole("button", { name: "New rule" }));
  const dialog = await screen.findByRole("dialog", { name: "New rule" });
  await user.click(within(dialog).getByRole("button", { name: "Create rule" }));
  expect(await within(dialog).findByText("Name is required")).toBeInTheDocument();
  expect(within(dialog).getByText("Choose somebody")).toBeInTheDocument();
  await user.type(within(dialog).getByRole("textbox", { name: /^Name/ }), "From the web");
  await user.type(within(dialog).getByRole("textbox", { name: "Source is one of" }), "Web, Form");
  await user.click(within(dialog).getByRole("combobox", { name: /People/ }));
  await user.click(await screen.findByRole("option", { name: "Colleague 2" }));
  await user.click(within(dialog).getByRole("button", { name: "Create rule" }));
  await waitFor(() =>
    expect(sent).toEqual([
      {
        name: "From the web",
        strategy: "roundRobin",
        conditions: { sources: ["Web", "Form"] },
        users: [someColleague(2).id],
      },
    ]),
  );
});

test("moves a rule, turns it off, and says who would get a lead", async () => {
  const sent: unknown[] = [];
  server.use(
    http.get("/api/assignment-rules", ({ response }) =>
      response(200).json({ assignmentRules: [rule(1), rule(2)] }),
    ),
    http.patch("/api/assignment-rules/{id}", async ({ request, response }) => {
      sent.push(request.headers.get("If-Match"), await request.json());
      return response(200).json(rule(1));
    }),
    http.post("/api/assignment-rules/preview", async ({ request, response }) => {
      sent.push(await request.json());
      return response(200).json({
        rule: { id: rule(1).id, name: "Rule 1" },
        strategy: "roundRobin",
        assignedAgent: { id: someUser.id, name: "Ada King", emailId: "ada@example.org" },
        reason: "in turn",
      });
    }),
    http.get("/api/tags", ({ response }) => response(200).json({ tags: [], isComplete: true })),
  );
  const permissions = ["assignmentRule:read", "assignmentRule:manage"];
  const { user } = renderRoute("/settings/assignment-rules", { permissions });
  expect((await screen.findAllByText("source Web"))[0]).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Move Rule 2 up" }));
  await waitFor(() => expect(sent).toEqual(['"1"', { position: 1 }]));
  await user.click(screen.getByRole("switch", { name: "Rule 1 is on" }));
  await waitFor(() => expect(sent.slice(2)).toEqual(['"1"', { isActive: false }]));
  await user.type(screen.getByRole("textbox", { name: "Source" }), "Web");
  await user.click(screen.getByRole("button", { name: "Preview" }));
  expect(await screen.findByText("by the rule Rule 1")).toBeInTheDocument();
  expect(sent.at(-1)).toEqual({ source: "Web", tags: [] });
});

test("who may only see assignment rules cannot change them", async () => {
  server.use(
    http.get("/api/assignment-rules", ({ response }) => response(200).json({ assignmentRules: [rule(1)] })),
    http.get("/api/tags", ({ response }) => response(200).json({ tags: [], isComplete: true })),
  );
  renderRoute("/settings/assignment-rules", { permissions: ["assignmentRule:read"] });
  expect(await screen.findByText(/Rule 1/)).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "New rule" })).toHaveAttribute("aria-disabled", "true");
  expect(screen.queryByRole("switch")).not.toBeInTheDocument();
});

test("shows why jobs failed, and runs one again", async () => {
  let isDead = true;
  const job = {
    id: "00000000-0000-7000-8000-b00000000001",
    name: "notifications.email",
    state: "dead" as const,
    attempts: 10,
    maxAttempts: 10,
    lastError: "connection refused",
    createdAt: at,
    runAt: at,
    diedAt: at,
    leasedUntil: null,
  };
  server.use(
    http.get("/api/jobs", ({ query, response }) =>
      query.get("state") === "dead"
        ? response(200).json({ jobs: isDead ? [job] : [], nextCursor: null })
        : response("default").json(someProblem("internal-error", 500), { status: 500 }),
    ),
    http.post("/api/jobs/{id}/retry", ({ response }) => {
      isDead = false;
      return response(200).json({ ...job, state: "ready" });
    }),
  );
  const { user } = renderRoute("/settings/jobs", { permissions: ["job:read", "job:manage"] });
  expect(await screen.findByText("connection refused")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Retry notifications.email" }));
  expect(await screen.findByText("No job has failed.")).toBeInTheDocument();
  await user.click(screen.getByRole("link", { name: "Waiting" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("Something went wrong");
});
