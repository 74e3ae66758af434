import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { answerFields, someField, tierField } from "@/testing/custom-fields";
import { taskPage } from "@/testing/customers";
import { leadPage, someLead, someProblem } from "@/testing/data";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";

const revenue = someField(2, { key: "revenue", label: "Revenue", type: "money", currencies: ["EUR", "USD"] });
const seats = someField(3, { key: "seats", label: "Seats", type: "number" });
const lead = someLead(1, { custom: { tier: "gold", revenue: { amount: 125_000, currency: "EUR" } } });

beforeEach(() => {
  answerFields([tierField, revenue, seats]);
  server.use(
    http.get("/api/leads/{id}", ({ response }) => response(200).json(lead)),
    http.get("/api/leads/{id}/timeline", ({ response }) =>
      response(200).json({ activities: [], nextCursor: null }),
    ),
    http.get("/api/tasks", ({ response }) => response(200).json(taskPage([]))),
    http.get("/api/search", ({ response }) => response(200).json({ hits: [], isComplete: true })),
    http.get("/api/tags", ({ response }) => response(200).json({ tags: [], isComplete: true })),
    http.get("/api/users", ({ response }) =>
      response(200).json({ users: [], page: 1, totalPages: 0, totalUsers: 0 }),
    ),
  );
});

function answerLeads() {
  const asked: URLSearchParams[] = [];
  server.use(
    http.get("/api/leads", ({ request, response }) => {
      asked.push(new URL(request.url).searchParams);
      return response(200).json(leadPage([lead]));
    }),
  );
  return asked;
}

test("a list shows, orders and narrows by custom fields", async () => {
  const asked = answerLeads();
  const { user, router } = renderRoute("/leads?columns=custom.tier,custom.revenue&sort=custom.revenue");
  const row = await screen.findByRole("row", { name: /Lead 1/ });
  await waitFor(() => expect(row).toHaveTextContent("Gold"));
  expect(row).toHaveTextContent("€1,250");
  expect(asked[0]?.get("sort")).toBe("custom.revenue");

  await user.click(screen.getByRole("button", { name: "Filter" }));
  await user.click(await screen.findByRole("menuitem", { name: "Tier" }));
  await user.click(await screen.findByRole("checkbox", { name: "Gold" }));
  await waitFor(() => expect(asked.at(-1)?.getAll("custom.tier")).toEqual(["gold"]));
  await user.keyboard("{Escape}");
  await user.click(screen.getByRole("button", { name: "Filter" }));
  await user.click(await screen.findByRole("menuitem", { name: "Revenue" }));
  await user.type(await screen.findByLabelText("From"), "1000{Enter}");
  await waitFor(() => expect(asked.at(-1)?.get("custom.revenue.from")).toBe("1000 EUR"));
  expect(new URLSearchParams(router.state.location.search).get("custom.tier")).toBe("gold");
});

test("what is done to all that match takes custom filters along", async () => {
  answerLeads();
  server.use(http.get("/api/leads", ({ response }) => response(200).json(leadPage([lead], 500))));
  const sent: unknown[] = [];
  server.use(
    http.post("/api/leads/bulk", async ({ request, response }) => {
      sent.push(await request.json());
      return response(200).json({ items: [], done: 500, unchanged: 0, refused: 0, next: null });
    }),
  );
  const { user } = renderRoute("/leads?custom.tier=gold&custom.seats.from=5&status=New");
  await user.click(await screen.findByRole("checkbox", { name: "Select Lead 1" }));
  await user.click(await screen.findByRole("button", { name: "Select all 500" }));
  await user.click(screen.getByRole("button", { name: "Archive" }));
  await waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]).toMatchObject({
    filter: { status: ["New"], custom: { tier: ["gold"], "seats.from": ["5"] } },
  });
});

test("a form takes custom values, and shows at each what is wrong", async () => {
  answerLeads();
  const sent: unknown[] = [];
  server.use(
    http.post("/api/leads", async ({ request, response }) => {
      sent.push(await request.json());
      return response(400).json(
        someProblem("validation-failed", 400, {
          errors: [
            { pointer: "#/custom/seats", parameter: null, code: "too-large", message: "is too large" },
          ],
        }),
      );
    }),
  );
  const { user } = renderRoute("/leads/new");
  const dialog = await screen.findByRole("dialog", { name: "New lead" });
  await user.type(within(dialog).getByRole("textbox", { name: /Name/ }), "Grace");
  await user.type(within(dialog).getByLabelText("Phone"), "+1 555 0100");
  await user.type(await within(dialog).findByLabelText("Seats"), "many");
  await user.click(within(dialog).getByRole("button", { name: "Create lead" }));
  await waitFor(() =>
    expect(within(dialog).getByLabelText("Seats")).toHaveAccessibleDescription("This is not a number"),
  );
  expect(sent).toEqual([]);
  await user.clear(within(dialog).getByLabelText("Seats"));
  await user.type(within(dialog).getByLabelText("Seats"), "12");
  await user.type(within(dialog).getByLabelText("Revenue"), "99.50");
  await user.click(within(dialog).getByRole("combobox", { name: "Tier" }));
  expect(screen.queryByRole("option", { name: "Tin" })).not.toBeInTheDocument();
  await user.click(await screen.findByRole("option", { name: "Gold" }));
  await user.click(within(dialog).getByRole("button", { name: "Create lead" }));
  await waitFor(() =>
    expect(within(dialog).getByLabelText("Seats")).toHaveAccessibleDescription("is too large"),
  );
  expect(sent[0]).toMatchObject({
    custom: { seats: 12, revenue: { amount: 9950, currency: "EUR" }, tier: "gold" },
  });
});

test("a page shows custom values, changes one, and lets one decide when somebody else did", async () => {
  answerLeads();
  const sent: unknown[] = [];
  server.use(
    http.patch("/api/leads/{id}", async ({ request, response }) => {
      sent.push(request.headers.get("If-Match"), await request.json());
      return sent.length < 3
        ? response("default").json(someProblem("stale", 412), { status: 412 })
        : response(200).json({ ...lead, custom: { ...lead.custom, seats: 12 }, version: 3 });
    }),
  );
  const { user } = renderRoute(`/leads/${lead.id}`);
  expect(await screen.findByText("€1,250")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Edit Seats" }));
  await user.type(screen.getByRole("textbox", { name: "Seats" }), "many{Enter}");
  expect(await screen.findByRole("alert")).toHaveTextContent("This is not a number");
  await user.clear(screen.getByRole("textbox", { name: "Seats" }));
  server.use(
    http.get("/api/leads/{id}", ({ response }) =>
      response(200).json({ ...lead, custom: { ...lead.custom, seats: 7 }, version: 2 }),
    ),
  );
  await user.type(screen.getByRole("textbox", { name: "Seats" }), "12{Enter}");
  const conflict = await screen.findByRole("dialog", { name: "Somebody changed it in the meantime" });
  expect(conflict).toHaveTextContent("12");
  expect(conflict).toHaveTextContent("7");
  await user.click(within(conflict).getByRole("button", { name: "Keep mine" }));
  await waitFor(() =>
    expect(sent).toEqual(['"1"', { custom: { seats: 12 } }, '"2"', { custom: { seats: 12 } }]),
  );
});

test("a value is cleared, and Escape leaves it", async () => {
  answerLeads();
  const sent: unknown[] = [];
  server.use(
    http.patch("/api/leads/{id}", async ({ request, response }) => {
      sent.push(await request.json());
      return response(200).json({ ...lead, custom: {}, version: 2 });
    }),
  );
  const { user } = renderRoute(`/leads/${lead.id}`);
  await user.click(await screen.findByRole("button", { name: "Edit Revenue" }));
  await user.type(screen.getByRole("textbox", { name: "Revenue" }), "9{Escape}");
  expect(await screen.findByText("€1,250")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Edit Revenue" }));
  await user.clear(screen.getByRole("textbox", { name: "Revenue" }));
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(sent).toEqual([{ custom: { revenue: null } }]));
});
