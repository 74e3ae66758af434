import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { answerAround, someCustomer } from "@/testing/customers";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";
import { answerAroundDeals, dealPage, dealPermissions, someDeal } from "../testing/deals";

test("a customer's page shows their deals, and makes one with them", async () => {
  answerAround();
  answerAroundDeals();
  const asked: (string | null)[] = [];
  const sent: unknown[] = [];
  server.use(
    http.get("/api/customers/{id}", ({ response }) => response(200).json(someCustomer(1))),
    http.get("/api/deals", ({ query, response }) => {
      asked.push(query.get("customerId"));
      return response(200).json({ ...dealPage([someDeal(1)]), totalDeals: 12 });
    }),
    http.post("/api/deals", async ({ request, response }) => {
      sent.push(await request.json());
      return response(201).json(someDeal(2));
    }),
  );
  const { user } = renderRoute(`/customers/${someCustomer(1).id}`, { permissions: dealPermissions });
  expect(await screen.findByRole("link", { name: "Deal 1" })).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "All 12 deals" })).toHaveAttribute(
    "href",
    `/deals/list?customerId=${someCustomer(1).id}`,
  );
  await user.click(screen.getByRole("button", { name: "New deal" }));
  const dialog = await screen.findByRole("dialog", { name: "New deal" });
  await user.type(within(dialog).getByRole("textbox", { name: /Name/ }), "Next one");
  await user.click(within(dialog).getByRole("button", { name: "Create deal" }));
  expect((await screen.findAllByText("Deal 2 is created"))[0]).toBeInTheDocument();
  expect(sent).toEqual([{ name: "Next one", customerId: someCustomer(1).id }]);
  expect(asked[0]).toBe(someCustomer(1).id);
});

test("who may not see deals is shown none on a customer's page", async () => {
  answerAround();
  server.use(http.get("/api/customers/{id}", ({ response }) => response(200).json(someCustomer(1))));
  renderRoute(`/customers/${someCustomer(1).id}`, { permissions: ["customer:read"] });
  await screen.findByRole("heading", { level: 1, name: "Customer 1" });
  expect(screen.queryByText("Deals")).not.toBeInTheDocument();
});
