import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { answerAround, someActivity, someCustomer, someTask, taskPage } from "@/testing/customers";
import { someProblem, someUser } from "@/testing/data";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";

const path = `/customers/${someCustomer(1).id}`;

function answerCustomer(customer = someCustomer(1)) {
  server.use(http.get("/api/customers/{id}", ({ response }) => response(200).json(customer)));
}

test("shows both values when somebody else changed the field, and keeps mine", async () => {
  answerAround();
  let current = someCustomer(1);
  const sent: (string | null)[] = [];
  server.use(
    http.get("/api/customers/{id}", ({ response }) => response(200).json(current)),
    http.patch("/api/customers/{id}", async ({ request, response }) => {
      sent.push(request.headers.get("If-Match"));
      if (request.headers.get("If-Match") !== `"${current.version}"`) {
        return response("default").json(someProblem("stale", 412), { status: 412 });
      }
      const { company } = await request.json();
      current = someCustomer(1, { company: company ?? null, version: 3 });
      return response(200).json(current);
    }),
  );
  const { user } = renderRoute(path);
  await user.click(await screen.findByRole("button", { name: "Edit Company" }));
  current = someCustomer(1, { company: "Theirs Ltd", version: 2 });
  await user.clear(screen.getByRole("textbox", { name: "Company" }));
  await user.type(screen.getByRole("textbox", { name: "Company" }), "Mine Ltd{Enter}");

  const dialog = await screen.findByRole("dialog", { name: "Somebody changed it in the meantime" });
  expect(dialog).toHaveTextContent("Mine Ltd");
  expect(dialog).toHaveTextContent("Theirs Ltd");
  await user.click(within(dialog).getByRole("button", { name: "Keep mine" }));
  await waitFor(() => expect(sent).toEqual(['"1"', '"2"']));
  expect(await screen.findByRole("button", { name: "Edit Company" })).toHaveTextContent("Mine Ltd");
});

test("takes a refused value back, and says why", async () => {
  answerAround();
  answerCustomer();
  server.use(
    http.patch("/api/customers/{id}", ({ response }) =>
      response(400).json(someProblem("validation-failed", 400, { detail: "emailId: is no address" })),
    ),
  );
  const { user } = renderRoute(path);
  await user.click(await screen.findByRole("button", { name: "Edit Email" }));
  await user.clear(screen.getByRole("textbox", { name: "Email" }));
  await user.type(screen.getByRole("textbox", { name: "Email" }), "nonsense{Enter}");
  expect(await screen.findByRole("alert")).toHaveTextContent("emailId: is no address");
  expect(screen.getByRole("button", { name: "Edit Email" })).toHaveTextContent("customer1@example.org");
});

test("writes a note that mentions somebody by their id", async () => {
  answerAround();
  answerCustomer();
  const sent: unknown[] = [];
  server.use(
    http.get("/api/users", ({ response }) =>
      response(200).json({ users: [someUser], page: 1, totalPages: 1, totalUsers: 1 }),
    ),
    http.post("/api/customers/{id}/notes", async ({ request, response }) => {
      sent.push(await request.json());
      return response(201).json({
        id: someCustomer(9).id,
        text: "",
        createdBy: someUser,
        createdAt: someUser.createdAt,
      });
    }),
  );
  const { user } = renderRoute(path);
  const note = await screen.findByRole("textbox", { name: "Note" });
  await user.type(note, "Ask @");
  await user.type(await screen.findByRole("combobox", { name: "Person" }), "Ada");
  await user.click(await screen.findByRole("option", { name: "Ada King" }));
  await waitFor(() => expect(note).toHaveValue("Ask @Ada King "));
  await user.click(screen.getByRole("button", { name: "Add note" }));
  await waitFor(() => expect(sent).toEqual([{ text: `Ask @[${someUser.id}]` }]));
  expect(note).toHaveValue("");
});

test("shows notes with names, and removes one's own", async () => {
  const at = "2026-03-02T10:00:00.000000Z";
  const note = {
    id: someCustomer(5).id,
    text: `Thanks @[${someUser.id}]`,
    createdBy: someUser,
    createdAt: at,
  };
  answerAround([
    someActivity(1, "customer.note-added", { at, changes: { note: { from: null, to: note.text } } }),
    someActivity(2, "customer.edited", { changes: { company: { from: "Old Ltd", to: "New Ltd" } } }),
  ]);
  answerCustomer(someCustomer(1, { notes: [note], noteCount: 1 }));
  const removed: string[] = [];
  server.use(
    http.delete("/api/customers/{id}/notes/{noteId}", ({ params, response }) => {
      removed.push(params.noteId);
      return response(200).json({ message: "Removed" });
    }),
  );
  const { user } = renderRoute(path);
  expect(await screen.findByText("@Ada King")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Notes" }));
  expect(screen.queryByText("New Ltd")).not.toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Remove the note" }));
  await user.click(await screen.findByRole("button", { name: "Remove" }));
  await waitFor(() => expect(removed).toEqual([note.id]));
});

test("completes a task at once, and opens it again by Undo", async () => {
  answerAround();
  answerCustomer();
  const sent: unknown[] = [];
  let version = 1;
  server.use(
    http.get("/api/tasks", ({ response }) => response(200).json(taskPage([someTask(1)]))),
    http.patch("/api/tasks/{id}", async ({ request, response }) => {
      const { status } = await request.json();
      sent.push(status);
      version += 1;
      return response(200).json(someTask(1, { status: status ?? "Open", version }));
    }),
  );
  const { user } = renderRoute(path);
  await user.click(await screen.findByRole("checkbox", { name: "Done: Task 1" }));
  expect(screen.getByRole("checkbox", { name: "Done: Task 1" })).toBeChecked();
  await user.click(await screen.findByRole("button", { name: "Undo" }));
  await waitFor(() => expect(screen.getByRole("checkbox", { name: "Done: Task 1" })).not.toBeChecked());
  expect(sent).toEqual(["Done", "Open"]);
});

test("adds a task of one's own about the customer", async () => {
  answerAround();
  answerCustomer();
  const sent: unknown[] = [];
  server.use(
    http.post("/api/tasks", async ({ request, response }) => {
      sent.push(await request.json());
      return response(201).json(someTask(1));
    }),
  );
  const { user } = renderRoute(path);
  const title = await screen.findByRole("textbox", { name: "New task" });
  await user.type(title, "Call back");
  await user.type(screen.getByLabelText("Due on"), "2026-03-09");
  await user.click(screen.getByRole("button", { name: "Add" }));
  await waitFor(() => expect(title).toHaveValue(""));
  expect(sent).toEqual([
    {
      title: "Call back",
      dueDate: "2026-03-09",
      assignedTo: someUser.id,
      relatedTo: { type: "Customer", id: someCustomer(1).id },
    },
  ]);
});

test("merges a candidate with the values that were chosen, after showing what comes of it", async () => {
  answerAround();
  const target = someCustomer(1);
  const other = someCustomer(2, { company: "Difference Engines", phone: "+1 555 0100" });
  const sent: unknown[] = [];
  server.use(
    http.get("/api/customers/{id}", ({ params, response }) =>
      response(200).json(params.id === target.id ? target : other),
    ),
    http.get("/api/customers/{id}/duplicates", ({ response }) =>
      response(200).json({
        candidates: [{ id: other.id, name: other.name, reason: "phone", score: 80 }],
      }),
    ),
    http.post("/api/customers/{id}/merge", async ({ request, response }) => {
      const body = await request.json();
      sent.push(body);
      const company = body.overrides?.company ?? target.company;
      const customer = { ...target, company, phone: other.phone };
      return response(200).json({ message: "Merged", sources: body.sources, customer });
    }),
  );
  const { user } = renderRoute(path);
  await user.click(await screen.findByRole("button", { name: "Compare and merge" }));
  const dialog = await screen.findByRole("dialog");
  await user.click(await within(dialog).findByRole("checkbox", { name: /Customer 2/ }));
  await user.click(await within(dialog).findByRole("radio", { name: "Difference Engines" }));
  const preview = await within(dialog).findByRole("region", { name: "The customer will be" });
  await waitFor(() => expect(preview).toHaveTextContent("Difference Engines"));
  expect(preview).toHaveTextContent("+1 555 0100");
  await user.click(within(dialog).getByRole("button", { name: "Merge 1 customer" }));
  expect(await screen.findByText("The customers are merged into Customer 1")).toBeInTheDocument();
  expect(sent.at(-1)).toEqual({ sources: [other.id], overrides: { company: "Difference Engines" } });
});

test("shows who may not change it the fields and why they are locked", async () => {
  answerAround();
  answerCustomer();
  renderRoute(path, { permissions: ["customer:read", "task:read"] });
  await screen.findByRole("heading", { level: 1, name: "Customer 1" });
  expect(screen.queryByRole("button", { name: "Edit Name" })).not.toBeInTheDocument();
  expect(screen.getAllByLabelText("Read-only").length).toBeGreaterThan(0);
  expect(screen.queryByRole("textbox", { name: "Note" })).not.toBeInTheDocument();
  expect(screen.queryByRole("textbox", { name: "New task" })).not.toBeInTheDocument();
});
