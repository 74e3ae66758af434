import { screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { answerAround, customerPage, someCustomer } from "@/testing/customers";
import { someProblem } from "@/testing/data";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";

beforeEach(() => {
  answerAround();
  server.use(
    http.get("/api/customers", ({ response }) => response(200).json(customerPage([someCustomer(1)]))),
  );
});

async function openForm() {
  const opened = renderRoute("/customers/new");
  await screen.findByRole("dialog", { name: "New customer" });
  return opened;
}

test("begins at the first field, and says when the name is missing", async () => {
  const { user } = await openForm();
  const name = screen.getByRole("textbox", { name: /Name/ });
  await waitFor(() => expect(name).toHaveFocus());
  await user.click(screen.getByRole("button", { name: "Create customer" }));
  await waitFor(() => expect(name).toHaveAccessibleDescription("Name is required"));
  expect(name).toHaveFocus();
});

test("makes a customer of what was filled in, and opens it", async () => {
  const sent: unknown[] = [];
  const made = someCustomer(7, { name: "Grace Hopper" });
  server.use(
    http.post("/api/customers", async ({ request, response }) => {
      sent.push(await request.json());
      return response(201).json(made);
    }),
    http.get("/api/customers/{id}", ({ response }) => response(200).json(made)),
  );
  const { user, router } = await openForm();
  await user.type(screen.getByRole("textbox", { name: /Name/ }), " Grace Hopper ");
  await user.type(screen.getByLabelText("Company"), "Navy");
  await user.click(screen.getByRole("button", { name: "Create customer" }));
  expect(await screen.findByRole("heading", { level: 1, name: "Grace Hopper" })).toBeInTheDocument();
  expect(router.state.location.pathname).toBe(`/customers/${made.id}`);
  expect(sent).toEqual([{ name: "Grace Hopper", company: "Navy", tags: [] }]);
});

test("makes a duplicate only when told to, and leads to who is there already", async () => {
  const asked: (string | null)[] = [];
  server.use(
    http.post("/api/customers", ({ query, response }) => {
      asked.push(query.get("allowDuplicate"));
      // The document does not name the member `existing`.
      return response.untyped(
        Response.json({ ...someProblem("duplicate", 409), existing: someCustomer(3).id }, { status: 409 }),
      );
    }),
  );
  const { user } = await openForm();
  await user.type(screen.getByRole("textbox", { name: /Name/ }), "Grace");
  await user.type(screen.getByLabelText("Email"), "grace@example.org");
  await user.click(screen.getByRole("button", { name: "Create customer" }));
  expect(await screen.findByRole("link", { name: "Open it" })).toHaveAttribute(
    "href",
    `/customers/${someCustomer(3).id}`,
  );
  await user.click(screen.getByRole("button", { name: "Create all the same" }));
  await waitFor(() => expect(asked).toEqual([null, "true"]));
});
