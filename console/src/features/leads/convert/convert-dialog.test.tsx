import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import type { components } from "@/api/schema";
import { answerAround, someCustomer } from "@/testing/customers";
import { leadPage, someLead, someProblem, someUser } from "@/testing/data";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";

type ConvertLead = components["schemas"]["ConvertLead"];

const lead = someLead(1, { name: "Ada Lovelace", status: "Qualified" });
const converted = {
  ...lead,
  status: "Converted" as const,
  convertedCustomerId: someCustomer(2).id,
  version: 2,
};
const path = `/leads/${lead.id}`;
const permissions = [
  "lead:read",
  "lead:update",
  "lead:convert",
  "lead:manage",
  "customer:read",
  "customer:create",
];

const twin = { id: someCustomer(1).id, name: "Ada Byron", reason: "email" as const, score: 95 };

/** Answers conversions as the server does, and notes those that write. */
function answerConvert(candidates: (typeof twin)[] = [], hiddenCandidates = 0) {
  const sent: unknown[] = [];
  server.use(
    http.post("/api/leads/{id}/convert", async ({ request, response }) => {
      const { dryRun, ...body }: ConvertLead = (await request.json()) ?? {};
      if (!dryRun) sent.push(request.headers.get("If-Match"), body);
      if (candidates.length > 0 && !body.customer && !body.onDuplicate) {
        const problem = someProblem("duplicate-candidates", 409);
        return response.untyped(Response.json({ ...problem, candidates, hiddenCandidates }, { status: 409 }));
      }
      const isLinked = body.customer?.mode === "link";
      const customer = isLinked
        ? someCustomer(1, { name: "Ada Byron" })
        : someCustomer(2, { name: "Ada Lovelace", owner: someUser, tags: ["vip"] });
      return response(200).json({ message: "Done", customer, lead: converted, alreadyConverted: false });
    }),
  );
  return sent;
}

beforeEach(() => {
  answerAround();
  server.use(
    http.get("/api/leads", ({ response }) => response(200).json(leadPage([]))),
    http.get("/api/leads/{id}", ({ response }) => response(200).json(lead)),
    http.get("/api/leads/{id}/duplicates", ({ response }) => response(200).json({ candidates: [] })),
    http.get("/api/leads/{id}/timeline", ({ response }) =>
      response(200).json({ activities: [], nextCursor: null }),
    ),
    http.get("/api/customers/{id}", ({ response }) =>
      response(200).json(someCustomer(2, { name: "Ada Lovelace" })),
    ),
  );
});

async function openDialog() {
  const opened = renderRoute(path, { permissions });
  await opened.user.click(await screen.findByRole("button", { name: "Convert" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Convert Ada Lovelace" }));
  return { ...opened, dialog };
}

test("shows what will happen before it makes a new customer of a lead", async () => {
  const sent = answerConvert();
  const { user, dialog, router } = await openDialog();
  const preview = await dialog.findByRole("region", { name: "What will happen" });
  expect(preview).toHaveTextContent("The lead becomes a new customer");
  expect(preview).toHaveTextContent("vip");
  expect(preview).toHaveTextContent("Ada King");
  expect(sent).toEqual([]);
  await user.click(dialog.getByRole("button", { name: "Convert" }));
  await waitFor(() => expect(router.state.location.pathname).toBe(`/customers/${someCustomer(2).id}`));
  expect(sent).toEqual(['"1"', { customer: { mode: "create" }, onDuplicate: "create" }]);
});

test("links to whoever has the same address, unless something else is chosen", async () => {
  const sent = answerConvert([twin], 2);
  const { user, dialog } = await openDialog();
  const radio = await dialog.findByRole("radio", { name: /The customer Ada Byron/ });
  expect(radio).toBeChecked();
  expect(dialog.getByText("same email, 95 of 100")).toBeInTheDocument();
  expect(dialog.getByText(/2 other customers whom you may not see/)).toBeInTheDocument();
  expect(await dialog.findByText(/who gets from it what they lack/)).toBeInTheDocument();

  await user.click(dialog.getByRole("radio", { name: "A new customer" }));
  expect(await dialog.findByText("The lead becomes a new customer:")).toBeInTheDocument();
  await user.click(radio);
  await user.click(dialog.getByRole("button", { name: "Convert" }));
  await waitFor(() => expect(sent).toEqual(['"1"', { customer: { mode: "link", id: twin.id } }]));
});

test("asks for the customer when another one is meant", async () => {
  const sent = answerConvert();
  server.use(
    http.get("/api/search", ({ response }) =>
      response(200).json({
        hits: [
          {
            type: "customer",
            id: someCustomer(1).id,
            name: "Ada Byron",
            context: "",
            score: 1,
            match: "exact",
            matched: ["name"],
          },
        ],
        isComplete: true,
      }),
    ),
  );
  const { user, dialog } = await openDialog();
  await user.click(await dialog.findByRole("radio", { name: "A customer who is there already" }));
  expect(dialog.getByRole("button", { name: "Convert" })).toHaveAttribute("aria-disabled", "true");
  await user.type(dialog.getByRole("combobox", { name: "Customer" }), "byron");
  await user.click(await screen.findByRole("option", { name: /Ada Byron/ }));
  await user.click(dialog.getByRole("button", { name: "Convert" }));
  await waitFor(() => expect(sent).toEqual(['"1"', { customer: { mode: "link", id: someCustomer(1).id } }]));
});

test("undoes the conversion from what is said about it", async () => {
  answerConvert();
  const undone: string[] = [];
  server.use(
    http.post("/api/leads/{id}/unconvert", ({ params, response }) => {
      undone.push(params.id);
      return response(200).json({ ...lead, version: 3 });
    }),
  );
  const { user, dialog } = await openDialog();
  await dialog.findByRole("region", { name: "What will happen" });
  await user.click(dialog.getByRole("button", { name: "Convert" }));
  await user.click(await screen.findByRole("button", { name: "Undo" }));
  expect((await screen.findAllByText("The conversion of Ada Lovelace is undone"))[0]).toBeInTheDocument();
  expect(undone).toEqual([lead.id]);
});

test("leads from a converted lead to its customer, and tells when it cannot be undone any more", async () => {
  server.use(
    http.get("/api/leads/{id}", ({ response }) => response(200).json(converted)),
    http.post("/api/leads/{id}/unconvert", ({ response }) =>
      response("default").json(someProblem("in-use", 409), { status: 409 }),
    ),
  );
  const { user } = renderRoute(path, { permissions });
  await waitFor(() =>
    expect(screen.getByText(/This lead became the customer/)).toHaveTextContent("Ada Lovelace"),
  );
  expect(screen.queryByRole("button", { name: "Convert" })).not.toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Undo the conversion" }));
  expect((await screen.findAllByText("The conversion cannot be undone any more"))[0]).toBeInTheDocument();
});

test("says why when the server refuses", async () => {
  server.use(
    http.post("/api/leads/{id}/convert", ({ response }) => response(403).json(someProblem("forbidden", 403))),
  );
  const { dialog } = await openDialog();
  expect(await dialog.findByRole("alert")).toHaveTextContent("You may not do this");
});
