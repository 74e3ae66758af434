import { screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { leadPage, someLead, someProblem } from "@/testing/data";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";

beforeEach(() => {
  server.use(
    http.get("/api/leads", ({ response }) => response(200).json(leadPage([someLead(1)]))),
    http.get("/api/search", ({ response }) => response(200).json({ hits: [], isComplete: true })),
    http.get("/api/tags", ({ response }) => response(200).json({ tags: [], isComplete: true })),
    http.get("/api/users", ({ response }) =>
      response(200).json({ users: [], page: 1, totalPages: 0, totalUsers: 0 }),
    ),
  );
});

async function openForm() {
  const opened = renderRoute("/leads/new");
  await screen.findByRole("dialog", { name: "New lead" });
  return opened;
}

test("says what is missing, and goes to the first field of it", async () => {
  const { user } = await openForm();
  await user.click(screen.getByRole("button", { name: "Create lead" }));
  const name = screen.getByRole("textbox", { name: /Name/ });
  await waitFor(() => expect(name).toHaveAccessibleDescription("Name is required"));
  expect(screen.getByLabelText("Email")).toHaveAccessibleDescription(
    "An email or a phone number is required",
  );
  expect(name).toHaveFocus();
});

test("makes a lead of what was filled in, and opens it", async () => {
  const sent: unknown[] = [];
  const made = someLead(7, { name: "Grace Hopper" });
  server.use(
    http.post("/api/leads", async ({ request, response }) => {
      sent.push(await request.json());
      expect(request.headers.get("Idempotency-Key")).toBeTruthy();
      return response(201).json(made);
    }),
    http.get("/api/leads/{id}", ({ response }) => response(200).json(made)),
    http.get("/api/leads/{id}/duplicates", ({ response }) => response(200).json({ candidates: [] })),
    http.get("/api/leads/{id}/timeline", ({ response }) =>
      response(200).json({ activities: [], nextCursor: null }),
    ),
    http.get("/api/tasks", ({ response }) =>
      response(200).json({
        tasks: [],
        totalTasks: 0,
        totalIsCapped: false,
        page: 1,
        totalPages: 0,
        nextCursor: null,
      }),
    ),
  );
  const { user, router } = await openForm();
  await user.type(screen.getByRole("textbox", { name: /Name/ }), " Grace Hopper ");
  await user.type(screen.getByLabelText("Phone"), "+1 555 0100");
  await user.click(screen.getByRole("button", { name: "Create lead" }));
  expect(await screen.findByRole("heading", { level: 1, name: "Grace Hopper" })).toBeInTheDocument();
  expect(router.state.location.pathname).toBe(`/leads/${made.id}`);
  expect(sent).toEqual([{ name: "Grace Hopper", phone: "+1 555 0100", status: "New", tags: [] }]);
});

test("shows what the server refuses at the field that it is about", async () => {
  server.use(
    http.post("/api/leads", ({ response }) =>
      response(400).json(
        someProblem("validation-failed", 400, {
          errors: [
            {
              pointer: "#/emailId",
              parameter: null,
              code: "not-an-email",
              message: "is not an e-mail address",
            },
          ],
        }),
      ),
    ),
  );
  const { user } = await openForm();
  await user.type(screen.getByRole("textbox", { name: /Name/ }), "Grace");
  await user.type(screen.getByLabelText("Email"), "grace");
  await user.click(screen.getByRole("button", { name: "Create lead" }));
  await waitFor(() =>
    expect(screen.getByLabelText("Email")).toHaveAccessibleDescription("is not an e-mail address"),
  );
});

test("hints at who has the address already while it is typed", async () => {
  server.use(
    http.get("/api/search", ({ query, response }) => {
      const isThere = query.get("q") === "email:grace@example.org";
      return response(200).json({
        hits: isThere
          ? [
              {
                type: "customer",
                id: someLead(3).id,
                name: "Grace Hopper",
                context: "Navy",
                score: 1,
                match: "exact",
                matched: ["emailId"],
              },
            ]
          : [],
        isComplete: true,
      });
    }),
  );
  const { user } = await openForm();
  await user.type(screen.getByLabelText("Email"), "grace@example.org");
  expect(await screen.findByRole("link", { name: "Grace Hopper" })).toHaveAttribute(
    "href",
    `/customers/${someLead(3).id}`,
  );
});

test("makes a duplicate only when told to", async () => {
  const asked: (string | null)[] = [];
  server.use(
    http.post("/api/leads", ({ query, response }) => {
      asked.push(query.get("allowDuplicate"));
      // The document does not name the member `existing`.
      return response.untyped(
        Response.json({ ...someProblem("duplicate", 409), existing: someLead(1).id }, { status: 409 }),
      );
    }),
  );
  const { user } = await openForm();
  await user.type(screen.getByRole("textbox", { name: /Name/ }), "Grace");
  await user.type(screen.getByLabelText("Email"), "grace@example.org");
  await user.click(screen.getByRole("button", { name: "Create lead" }));
  expect(await screen.findByRole("link", { name: "Open it" })).toHaveAttribute(
    "href",
    `/leads/${someLead(1).id}`,
  );
  await user.click(screen.getByRole("button", { name: "Create all the same" }));
  await waitFor(() => expect(asked).toEqual([null, "true"]));
});

test("asks before what was typed is thrown away", async () => {
  const { user, router } = await openForm();
  await user.type(screen.getByRole("textbox", { name: /Name/ }), "Grace");
  await user.click(screen.getByRole("button", { name: "Cancel" }));
  expect(await screen.findByRole("alertdialog")).toHaveTextContent("Discard what you changed?");
  await user.click(screen.getByRole("button", { name: "Keep editing" }));
  expect(screen.getByRole("textbox", { name: /Name/ })).toHaveValue("Grace");
  await user.click(screen.getByRole("button", { name: "Cancel" }));
  await user.click(await screen.findByRole("button", { name: "Discard" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/leads"));
});
