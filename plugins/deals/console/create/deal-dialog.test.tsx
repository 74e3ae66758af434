import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { someCustomer } from "@/testing/customers";
import { someProblem } from "@/testing/data";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";
import { answerAroundDeals, dealPage, dealPermissions, someDeal, stages } from "../testing/deals";

beforeEach(() => {
  answerAroundDeals();
  server.use(
    http.get("/api/deals", ({ response }) => response(200).json(dealPage([]))),
    http.get("/api/customers/{id}", ({ response }) => response(200).json(someCustomer(1))),
  );
});

async function openForm(path = "/deals/list/new") {
  const opened = renderRoute(path, { permissions: dealPermissions });
  const dialog = await screen.findByRole("dialog", { name: "New deal" });
  return { ...opened, dialog, create: within(dialog).getByRole("button", { name: "Create deal" }) };
}

test("says all that is missing or wrong, and goes to the first field of it", async () => {
  const { user, create } = await openForm();
  await user.type(screen.getByRole("textbox", { name: /Amount/ }), "a lot");
  await user.click(create);
  const name = screen.getByRole("textbox", { name: /Name/ });
  await waitFor(() => expect(name).toHaveAccessibleDescription("Name is required"));
  expect(screen.getByRole("textbox", { name: /Amount/ })).toHaveAccessibleDescription(
    "Write an amount such as 1250.50",
  );
  expect(screen.getByRole("combobox", { name: /Customer/ })).toHaveAccessibleDescription("Choose a customer");
  expect(name).toHaveFocus();
});

test("makes a deal of what was filled in, and opens it", async () => {
  const sent: unknown[] = [];
  const made = someDeal(7, { name: "Big order" });
  server.use(
    http.post("/api/deals", async ({ request, response }) => {
      sent.push(await request.json());
      expect(request.headers.get("Idempotency-Key")).toBeTruthy();
      return response(201).json(made);
    }),
    http.get("/api/deals/{id}", ({ response }) => response(200).json(made)),
    http.get("/api/deals/{id}/history", ({ response }) =>
      response(200).json({
        changes: [],
        current: { stage: made.stage, since: made.stageSince, seconds: 60 },
        nextCursor: null,
      }),
    ),
  );
  // After it: their addresses look like that of a deal.
  answerAroundDeals();
  const { user, create, router } = await openForm();
  await user.type(screen.getByRole("textbox", { name: /Name/ }), " Big order ");
  await user.type(screen.getByRole("textbox", { name: /Amount/ }), "1,250.50");
  await user.click(screen.getByRole("combobox", { name: "Currency" }));
  await user.clear(screen.getByRole("combobox", { name: "Currency" }));
  await user.type(screen.getByRole("combobox", { name: "Currency" }), "CHF");
  await user.click(await screen.findByRole("option", { name: /CHF Swiss Franc/ }));
  await user.type(screen.getByRole("combobox", { name: /Customer/ }), "customer");
  await user.click(await screen.findByRole("option", { name: /Customer 1/ }));
  await user.click(screen.getByRole("combobox", { name: "Stage" }));
  await user.click(await screen.findByRole("option", { name: "Proposal" }));
  await user.click(create);
  expect(await screen.findByRole("heading", { level: 1, name: "Big order" })).toBeInTheDocument();
  expect(router.state.location.pathname).toBe(`/deals/${made.id}`);
  expect(sent).toEqual([
    {
      name: "Big order",
      amount: { amount: 125_050, currency: "CHF" },
      stageId: stages.proposal.id,
      customerId: someCustomer(1).id,
    },
  ]);
});

test("begins with what the list is narrowed to, and shows what the server refuses", async () => {
  server.use(
    http.post("/api/deals", ({ response }) =>
      response(400).json(
        someProblem("validation-failed", 400, {
          errors: [{ pointer: "#/name", parameter: null, code: "too-long", message: "is too long" }],
        }),
      ),
    ),
  );
  const { user, create } = await openForm(`/deals/list/new?customerId=${someCustomer(1).id}`);
  expect(screen.getByRole("combobox", { name: /Customer/ })).toHaveValue("Customer 1");
  await user.type(screen.getByRole("textbox", { name: /Name/ }), "Long");
  await user.click(create);
  await waitFor(() =>
    expect(screen.getByRole("textbox", { name: /Name/ })).toHaveAccessibleDescription("is too long"),
  );
});

test("asks before what was typed is thrown away", async () => {
  const { user, router } = await openForm();
  await user.type(screen.getByRole("textbox", { name: /Name/ }), "Big");
  await user.click(screen.getByRole("button", { name: "Cancel" }));
  await user.click(await screen.findByRole("button", { name: "Discard" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/deals/list"));
});
