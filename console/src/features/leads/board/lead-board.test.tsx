import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import type { components } from "@/api/schema";
import { leadPage, someLead, someProblem } from "@/testing/data";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";

type Lead = components["schemas"]["Lead"];

const column = (name: string) => screen.findByRole("region", { name });
const namesIn = async (name: string) =>
  within(await column(name))
    .queryAllByRole("link")
    .map((link) => link.textContent);

let asked: URLSearchParams[] = [];

function answerLeads(leads: Lead[]) {
  asked = [];
  server.use(
    http.get("/api/leads", ({ request, response }) => {
      const parameters = new URL(request.url).searchParams;
      asked.push(parameters);
      return response(200).json(leadPage(leads.filter(({ status }) => status === parameters.get("status"))));
    }),
  );
}

function answerEdit(answer: (lead: Lead) => Lead) {
  const sent: unknown[] = [];
  server.use(
    http.patch("/api/leads/{id}", async ({ request, response }) => {
      sent.push(request.headers.get("If-Match"), await request.json());
      return response(200).json(answer(someLead(1)));
    }),
  );
  return sent;
}

beforeEach(() => answerLeads([someLead(1), someLead(2), someLead(3, { status: "Unqualified" })]));

async function openMenu(user: ReturnType<typeof renderRoute>["user"], card: string) {
  await user.click(await screen.findByRole("button", { name: `Move ${card}` }));
  return screen.findByRole("menu", { name: `Move ${card}` });
}

test("asks one list for each status, narrowed as the URL says", async () => {
  renderRoute("/leads/board?search=ada&status=New&status=Qualified&sort=name");
  expect(await namesIn("New")).toEqual(["Lead 1", "Lead 2"]);
  expect(await namesIn("Qualified")).toEqual([]);
  expect(screen.queryByRole("region", { name: "Contacted" })).not.toBeInTheDocument();
  expect(asked.map((parameters) => Object.fromEntries(parameters))).toEqual(
    ["New", "Qualified"].map((status) => ({ search: "ada", status, sort: "name", limit: "20" })),
  );
});

test("changes the status of a lead that is moved, by one request", async () => {
  const sent = answerEdit((lead) => ({ ...lead, status: "Contacted", version: 2 }));
  const { user } = renderRoute("/leads/board");
  await openMenu(user, "Lead 1");
  await user.click(screen.getByRole("menuitem", { name: "Contacted" }));
  await waitFor(async () => expect(await namesIn("Contacted")).toEqual(["Lead 1"]));
  expect(await namesIn("New")).toEqual(["Lead 2"]);
  expect(await screen.findByText("Lead 1 is in Contacted")).toHaveAttribute("role", "status");
  expect(sent).toEqual(['"1"', { status: "Contacted" }]);
  expect(asked).toHaveLength(6);
});

test("offers only the steps that a status allows", async () => {
  const { user } = renderRoute("/leads/board");
  const menu = await openMenu(user, "Lead 3");
  expect(within(menu).getByRole("menuitem", { name: "Contacted" })).not.toHaveAttribute("aria-disabled");
  for (const name of [/^New/, /^Qualified/, /^Converted/]) {
    expect(within(menu).getByRole("menuitem", { name })).toHaveAttribute("aria-disabled", "true");
  }
});

test("asks why a lead is unqualified, and leaves it when that is cancelled", async () => {
  const sent = answerEdit((lead) => ({
    ...lead,
    status: "Unqualified",
    unqualifiedReason: "Spam",
    version: 2,
  }));
  const { user } = renderRoute("/leads/board");
  await openMenu(user, "Lead 1");
  await user.click(screen.getByRole("menuitem", { name: "Unqualified" }));
  await user.click(await screen.findByRole("button", { name: "Cancel" }));
  expect(await namesIn("New")).toEqual(["Lead 1", "Lead 2"]);

  await openMenu(user, "Lead 1");
  await user.click(screen.getByRole("menuitem", { name: "Unqualified" }));
  const dialog = await screen.findByRole("dialog", { name: "Why is it unqualified?" });
  await user.click(within(dialog).getByRole("combobox", { name: /Reason/ }));
  await user.click(await screen.findByRole("option", { name: "Spam" }));
  await user.click(within(dialog).getByRole("button", { name: "Mark as unqualified" }));
  await waitFor(async () => expect(await namesIn("Unqualified")).toEqual(["Lead 1", "Lead 3"]));
  await waitFor(() => expect(sent).toEqual(['"1"', { status: "Unqualified", unqualifiedReason: "Spam" }]));
});

test("opens the conversion of a lead that is moved to Converted", async () => {
  server.use(
    http.post("/api/leads/{id}/convert", ({ response }) => response(403).json(someProblem("forbidden", 403))),
  );
  const { user } = renderRoute("/leads/board");
  await openMenu(user, "Lead 2");
  await user.click(screen.getByRole("menuitem", { name: "Converted" }));
  const dialog = await screen.findByRole("dialog", { name: "Convert Lead 2" });
  await user.click(within(dialog).getByRole("button", { name: "Cancel" }));
  expect(await namesIn("New")).toEqual(["Lead 1", "Lead 2"]);
});

test("puts a lead back when its step is refused", async () => {
  server.use(
    http.patch("/api/leads/{id}", ({ response }) =>
      response("default").json(someProblem("lead-transition-not-allowed", 409), { status: 409 }),
    ),
  );
  const { user } = renderRoute("/leads/board");
  await openMenu(user, "Lead 2");
  await user.click(screen.getByRole("menuitem", { name: "Nurturing" }));
  expect(await screen.findByText("Lead 2 was not moved, and is in New again")).toBeInTheDocument();
  await waitFor(async () => expect(await namesIn("New")).toEqual(["Lead 1", "Lead 2"]));
});

test("keeps what leads are narrowed to in the list", async () => {
  const { user, router } = renderRoute("/leads/board?search=ada");
  await column("New");
  await user.click(screen.getByRole("link", { name: "List" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/leads"));
  expect(router.state.location.search).toBe("?search=ada");
});

test("says what to do when no lead is like this, and when the board fails", async () => {
  answerLeads([]);
  const { user } = renderRoute("/leads/board?search=nobody");
  expect(await screen.findByText("No lead is like this")).toBeInTheDocument();
  server.use(
    http.get("/api/leads", ({ response }) =>
      response("default").json(someProblem("internal-error", 500), { status: 500 }),
    ),
  );
  await user.click(screen.getByRole("button", { name: "Clear filters" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("Something went wrong");
  answerLeads([someLead(1)]);
  await user.click(screen.getByRole("button", { name: "Retry" }));
  expect(await namesIn("New")).toEqual(["Lead 1"]);
});
