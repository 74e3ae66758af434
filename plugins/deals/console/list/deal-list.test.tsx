import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { someCustomer } from "@/testing/customers";
import { someProblem } from "@/testing/data";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";
import { answerAroundDeals, dealPage, dealPermissions, pipeline, someDeal, stages } from "../testing/deals";

const permissions = dealPermissions;
let asked: URLSearchParams[] = [];

function answerDeals(deals = [someDeal(1, { stage: stages.won }), someDeal(2, { amount: null })]) {
  asked = [];
  server.use(
    http.get("/api/deals", ({ request, response }) => {
      asked.push(new URL(request.url).searchParams);
      return response(200).json(dealPage(deals));
    }),
  );
}

beforeEach(() => {
  answerAroundDeals();
  answerDeals();
});

test("opens with one request for what the URL says", async () => {
  renderRoute("/deals/list?kind=won&sort=-amount", { permissions });
  const table = await screen.findByRole("table", { name: "Deals" });
  expect(await within(table).findByRole("link", { name: "Deal 1" })).toHaveAttribute(
    "href",
    `/deals/${someDeal(1).id}`,
  );
  expect(within(table).getByText("Won")).toBeInTheDocument();
  expect(within(table).getByText("€1,000")).toBeInTheDocument();
  expect(asked.map((query) => Object.fromEntries(query))).toEqual([
    { kind: "won", sort: "-amount", page: "1", limit: "100" },
  ]);
});

test("names stages and customers in filters, and takes them away", async () => {
  server.use(
    http.get("/api/customers/{id}", ({ response }) =>
      response(200).json(someCustomer(1, { name: "Ada Byron" })),
    ),
  );
  const { user, router } = renderRoute(
    `/deals/list?stageId=${stages.proposal.id}&customerId=${someCustomer(1).id}`,
    { permissions },
  );
  expect(await screen.findByRole("button", { name: "Stage Proposal" })).toBeInTheDocument();
  expect(await screen.findByRole("button", { name: "Customer Ada Byron" })).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Remove the filter Customer" }));
  await waitFor(() => expect(router.state.location.search).toBe(`?stageId=${stages.proposal.id}`));
  await waitFor(() => expect(asked.at(-1)?.has("customerId")).toBe(false));
});

test("chooses a pipeline where there are several", async () => {
  const second = { ...pipeline, id: someDeal(9).id, name: "Renewals" };
  server.use(
    http.get("/api/deals/pipelines", ({ response }) => response(200).json({ pipelines: [pipeline, second] })),
  );
  const { user } = renderRoute("/deals/list", { permissions });
  await user.click(await screen.findByRole("combobox", { name: "Pipeline" }));
  await user.click(await screen.findByRole("option", { name: "Renewals" }));
  await waitFor(() => expect(asked.at(-1)?.get("pipelineId")).toBe(second.id));
});

test("says what to do when no deal is like this, and when the list fails", async () => {
  answerDeals([]);
  const { user } = renderRoute("/deals/list?isStale=true", { permissions });
  expect(await screen.findByText("No deal is like this")).toBeInTheDocument();
  server.use(
    http.get("/api/deals", ({ response }) =>
      response("default").json(someProblem("internal-error", 500), { status: 500 }),
    ),
  );
  await user.click(screen.getByRole("button", { name: "Clear filters" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("Something went wrong");
  answerDeals();
  await user.click(screen.getByRole("button", { name: "Retry" }));
  expect(await screen.findByRole("link", { name: "Deal 2" })).toBeInTheDocument();
});
