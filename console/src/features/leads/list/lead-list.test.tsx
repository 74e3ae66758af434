import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { leadPage, someLead, someProblem } from "@/testing/data";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";

/** Answers every page of a list of so many leads, and notes what was asked. */
function answerLeads(total: number) {
  const asked: URLSearchParams[] = [];
  server.use(
    http.get("/api/leads", ({ query, request, response }) => {
      asked.push(new URL(request.url).searchParams);
      const first = (Number(query.get("page") ?? 1) - 1) * 100;
      const count = Math.max(0, Math.min(100, total - first));
      return response(200).json(
        leadPage(
          Array.from({ length: count }, (_, index) => someLead(first + index + 1)),
          total,
        ),
      );
    }),
  );
  return asked;
}

test("opens with one request, and draws only the rows that are on the screen", async () => {
  const asked = answerLeads(2500);
  renderRoute("/leads");
  const table = await screen.findByRole("table", { name: "Leads" });
  expect(await within(table).findByRole("link", { name: "Lead 1" })).toBeInTheDocument();
  expect(table).toHaveAttribute("aria-rowcount", "2501");
  expect(within(table).getAllByRole("row").length).toBeLessThanOrEqual(60);
  expect(screen.getByText(/of 2,500/)).toBeInTheDocument();
  expect(asked).toHaveLength(1);
});

test("asks for what the URL says, and the URL for what is chosen", async () => {
  const asked = answerLeads(3);
  const { user, router } = renderRoute("/leads?status=New&sort=name&search=ada");
  await screen.findByRole("link", { name: "Lead 1" });
  expect(Object.fromEntries(asked[0] ?? [])).toEqual({
    search: "ada",
    status: "New",
    sort: "name",
    page: "1",
    limit: "100",
  });

  await user.click(screen.getByRole("button", { name: "Name" }));
  await waitFor(() => expect(asked.at(-1)?.get("sort")).toBe("-name"));
  expect(screen.getByRole("columnheader", { name: "Name" })).toHaveAttribute("aria-sort", "descending");
  await user.click(await screen.findByRole("button", { name: "Remove the filter Status" }));
  await waitFor(() => expect(router.state.location.search).toBe("?search=ada&sort=-name"));
});

test("searches once what was typed rests", async () => {
  const asked = answerLeads(3);
  const { user } = renderRoute("/leads");
  await screen.findByRole("link", { name: "Lead 1" });
  await user.type(screen.getByRole("searchbox"), "lovelace");
  await waitFor(() => expect(asked.at(-1)?.get("search")).toBe("lovelace"));
  expect(asked).toHaveLength(2);
});

test("moves from row to row and selects by keys", async () => {
  answerLeads(3);
  const { user } = renderRoute("/leads");
  await screen.findByRole("link", { name: "Lead 1" });
  await user.keyboard("jj");
  expect(screen.getByRole("link", { name: "Lead 2" })).toHaveFocus();
  await user.keyboard("x");
  expect(screen.getByRole("checkbox", { name: "Select Lead 2" })).toBeChecked();
  expect(await screen.findByRole("toolbar", { name: "Selected rows" })).toHaveTextContent("1 selected");
  await user.keyboard("{Escape}");
  expect(screen.getByRole("checkbox", { name: "Select Lead 2" })).not.toBeChecked();
});

test("acts on all that match by the filter, and says why some were refused", async () => {
  answerLeads(2500);
  const sent: unknown[] = [];
  const item = { message: null, status: "refused" } as const;
  server.use(
    http.post("/api/leads/bulk", async ({ request, response }) => {
      sent.push(await request.json());
      return response(200).json({
        items: [
          { ...item, id: someLead(1).id, code: "forbidden" },
          { ...item, id: someLead(2).id, code: "lead-converted" },
          { ...item, id: someLead(3).id, code: "lead-converted" },
        ],
        done: 2497,
        unchanged: 0,
        refused: 3,
        next: null,
      });
    }),
  );
  const { user } = renderRoute("/leads?status=Contacted");
  await screen.findByRole("link", { name: "Lead 1" });
  await user.click(screen.getByRole("checkbox", { name: "Select the rows that are loaded" }));
  await user.click(await screen.findByRole("button", { name: "Select all 2,500" }));
  await user.click(screen.getByRole("button", { name: "Archive" }));

  // Once to be seen, and once to be spoken.
  expect(await screen.findAllByText("2,497 records done, 3 not")).toHaveLength(2);
  expect(screen.getAllByText("1 without permission, 2 converted")).toHaveLength(2);
  expect(sent).toEqual([
    expect.objectContaining({
      action: "archive",
      filter: expect.objectContaining({ status: ["Contacted"] }),
    }),
  ]);
  expect(sent[0]).not.toHaveProperty("ids");
});

test("says what to do when there are no leads, and when none is like this", async () => {
  answerLeads(0);
  const { user, router } = renderRoute("/leads?status=New");
  expect(await screen.findByText("No lead is like this")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Clear filters" }));
  expect(await screen.findByText("No leads yet")).toBeInTheDocument();
  expect(router.state.location.search).toBe("");
});

test("offers to try again when the list fails, with the id of the request", async () => {
  server.use(
    http.get("/api/leads", ({ response }) =>
      response("default").json(someProblem("internal-error", 500), { status: 500 }),
    ),
  );
  const { user } = renderRoute("/leads");
  expect(await screen.findByRole("alert")).toHaveTextContent("00000000-0000-7000-8000-0000000000ff");
  answerLeads(1);
  await user.click(screen.getByRole("button", { name: "Retry" }));
  expect(await screen.findByRole("link", { name: "Lead 1" })).toBeInTheDocument();
});

test("who may not make leads is not offered to", async () => {
  answerLeads(1);
  renderRoute("/leads", { permissions: ["lead:read"] });
  await screen.findByRole("link", { name: "Lead 1" });
  expect(screen.queryByRole("link", { name: "New lead" })).not.toBeInTheDocument();
});
