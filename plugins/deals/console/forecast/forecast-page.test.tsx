import { screen, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import type { components } from "@/api/schema";
import { someProblem } from "@/testing/data";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";
import { answerAroundDeals, dealPermissions } from "../testing/deals";

type Forecast = components["schemas"]["DealsForecast"];
const permissions = dealPermissions;

const sum = (currency: string, amount: number, weighted = amount) => ({
  currency,
  amount,
  weighted,
  deals: 1,
});

const forecast: Forecast = {
  months: [
    {
      month: "2030-01",
      from: "2030-01-01",
      to: "2030-01-31",
      currencies: [
        {
          currency: "EUR",
          open: sum("EUR", 400_000, 100_000),
          won: sum("EUR", 50_000),
          lost: sum("EUR", 70_000),
          expected: 150_000,
        },
        {
          currency: "USD",
          open: sum("USD", 0),
          won: sum("USD", 900),
          lost: sum("USD", 0),
          expected: 900,
        },
      ],
    },
    { month: "2030-02", from: "2030-02-01", to: "2030-02-28", currencies: [] },
  ],
  overdue: [sum("EUR", 12_300)],
};

let asked: string[] = [];

beforeEach(() => {
  asked = [];
  answerAroundDeals();
  server.use(
    http.get("/api/deals/forecast", ({ request, response }) => {
      asked.push(new URL(request.url).search);
      return response(200).json(forecast);
    }),
  );
});

test("tells month by month what may come in, in a currency", async () => {
  const { user } = renderRoute("/deals/forecast", { permissions });
  const table = await screen.findByRole("table", { name: "Forecast" });
  const rows = () =>
    within(table)
      .getAllByRole("row")
      .map((row) => row.textContent);
  expect(rows()).toEqual([
    "MonthOpenWeightedWonLostExpected",
    "Jan 2030€4,000€1,000€500€700€1,500",
    "Feb 2030–––––",
    "Together€4,000€1,000€500€700€1,500",
  ]);
  expect(screen.getByText(/€123 should have been closed by now/)).toBeInTheDocument();
  await user.click(screen.getByRole("combobox", { name: "Currency" }));
  await user.click(await screen.findByRole("option", { name: "USD" }));
  expect(await screen.findByText("By month, in USD")).toBeInTheDocument();
});

test("asks for the year of the URL", async () => {
  renderRoute("/deals/forecast?year=2029", { permissions });
  await screen.findByRole("table", { name: "Forecast" });
  expect(asked).toEqual(["?from=2029-01-01&to=2029-12-31"]);
});

test("says what counts when nothing is expected, and offers to try again when it fails", async () => {
  server.use(
    http.get("/api/deals/forecast", ({ response }) =>
      response("default").json(someProblem("internal-error", 500), { status: 500 }),
    ),
  );
  const { user } = renderRoute("/deals/forecast", { permissions });
  await screen.findByRole("alert");
  server.use(
    http.get("/api/deals/forecast", ({ response }) => response(200).json({ months: [], overdue: [] })),
  );
  await user.click(screen.getByRole("button", { name: "Retry" }));
  expect(await screen.findByText("Nothing is expected in these months")).toBeInTheDocument();
});
