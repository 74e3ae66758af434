import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { answerAround, someCustomer } from "@/testing/customers";
import { leadPage, someLead, someProblem } from "@/testing/data";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";
import { answerAroundDeals, dealPage, dealPermissions, someDeal } from "../testing/deals";

const lead = someLead(1, { name: "Ada", company: "Engines", status: "Qualified" });
const converted = {
  ...lead,
  status: "Converted" as const,
  convertedCustomerId: someCustomer(1).id,
  version: 2,
};
const permissions = [...dealPermissions, "lead:read", "lead:convert", "lead:manage"];

beforeEach(() => {
  answerAround();
  server.use(
    http.get("/api/deals", ({ response }) => response(200).json(dealPage([]))),
    http.get("/api/leads", ({ response }) => response(200).json(leadPage([]))),
    http.get("/api/leads/{id}", ({ response }) => response(200).json(lead)),
    http.get("/api/leads/{id}/duplicates", ({ response }) => response(200).json({ candidates: [] })),
    http.get("/api/leads/{id}/timeline", ({ response }) =>
      response(200).json({ activities: [], nextCursor: null }),
    ),
    http.get("/api/customers/{id}", ({ response }) => response(200).json(someCustomer(1))),
    http.post("/api/leads/{id}/convert", ({ response }) =>
      response(200).json({
        message: "Done",
        customer: someCustomer(1),
        lead: converted,
        alreadyConverted: false,
      }),
    ),
  );
  answerAroundDeals();
});

async function openDialog() {
  const opened = renderRoute(`/leads/${lead.id}`, { permissions });
  await opened.user.click(await screen.findByRole("button", { name: "Convert" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Convert Ada" }));
  await dialog.findByRole("region", { name: "What will happen" });
  await opened.user.click(await dialog.findByRole("checkbox", { name: "Make a deal with this customer" }));
  return { ...opened, dialog, convert: dialog.getByRole("button", { name: "Convert" }) };
}

test("makes a deal along, and takes both back", async () => {
  const sent: unknown[] = [];
  const taken: string[] = [];
  server.use(
    http.post("/api/deals/convert/{id}", async ({ request, response }) => {
      sent.push(request.headers.get("If-Match"), await request.json());
      return response(200).json({ customer: someCustomer(1), deal: someDeal(1), lead: converted });
    }),
    http.delete("/api/deals/{id}", ({ response }) => {
      taken.push("deal");
      return response(200).json({ message: "Done" });
    }),
    http.post("/api/leads/{id}/unconvert", ({ response }) => {
      taken.push("conversion");
      return response(200).json({ ...lead, version: 3 });
    }),
  );
  const { user, dialog, convert } = await openDialog();
  await user.type(dialog.getByRole("textbox", { name: "Amount" }), "500");
  await user.click(convert);
  await waitFor(() =>
    expect(sent).toEqual([
      '"1"',
      { onDuplicate: "create", deal: { name: "Engines", amount: { amount: 50_000, currency: "EUR" } } },
    ]),
  );
  await user.click(await screen.findByRole("button", { name: "Undo" }));
  await waitFor(() => expect(taken).toEqual(["deal", "conversion"]));
});

test("converts nothing before the deal is filled in, and shows what the server refuses of it", async () => {
  const sent: unknown[] = [];
  server.use(
    http.post("/api/deals/convert/{id}", async ({ request, response }) => {
      sent.push(await request.json());
      return response(400).json(
        someProblem("validation-failed", 400, {
          errors: [{ pointer: "#/deal/name", parameter: null, code: "too-long", message: "is too long" }],
        }),
      );
    }),
  );
  const { user, dialog, convert } = await openDialog();
  const name = dialog.getByRole("textbox", { name: /Name/ });
  await user.clear(name);
  await user.click(convert);
  await waitFor(() => expect(name).toHaveAccessibleDescription("Name is required"));
  expect(sent).toEqual([]);
  await user.type(name, "Long");
  await user.click(convert);
  await waitFor(() => expect(name).toHaveAccessibleDescription("is too long"));
});
