import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { leadPage, someLead, someProblem } from "@/testing/data";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";

const lead = someLead(1, { name: "Ada Lovelace", company: "Engines" });
const path = `/leads/${lead.id}`;

beforeEach(() => {
  server.use(
    http.get("/api/leads", ({ response }) => response(200).json(leadPage([]))),
    http.get("/api/leads/{id}", ({ response }) => response(200).json(lead)),
    http.get("/api/leads/{id}/duplicates", ({ response }) => response(200).json({ candidates: [] })),
    http.get("/api/leads/{id}/timeline", ({ response }) =>
      response(200).json({ activities: [], nextCursor: null }),
    ),
    http.get("/api/tags", ({ response }) => response(200).json({ tags: [], isComplete: true })),
    http.get("/api/users", ({ response }) =>
      response(200).json({ users: [], page: 1, totalPages: 0, totalUsers: 0 }),
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
});

test("a change is shown at once, and sent for the version that was seen", async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const sent: unknown[] = [];
  server.use(
    http.patch("/api/leads/{id}", async ({ request, response }) => {
      sent.push(request.headers.get("If-Match"), await request.json());
      await held;
      return response(200).json({ ...lead, company: null, version: 2 });
    }),
  );
  const { user } = renderRoute(path);
  await user.click(await screen.findByRole("button", { name: "Edit Company" }));
  await user.clear(screen.getByRole("textbox", { name: "Company" }));
  await user.keyboard("{Enter}");
  await waitFor(() => expect(screen.getByRole("button", { name: "Edit Company" })).toHaveTextContent("–"));
  await waitFor(() => expect(sent).toEqual(['"1"', { company: null }]));
  release();
});

test("what is refused is as it was, and the reason stands at the field", async () => {
  const fields = [
    { pointer: "#/emailId", parameter: null, code: "not-an-email", message: "is not an e-mail address" },
  ];
  server.use(
    http.patch("/api/leads/{id}", ({ response }) =>
      response(400).json(
        someProblem("validation-failed", 400, {
          detail: "emailId: is not an e-mail address",
          errors: fields,
        }),
      ),
    ),
  );
  const { user } = renderRoute(path);
  await user.click(await screen.findByRole("button", { name: "Edit Email" }));
  await user.clear(screen.getByRole("textbox", { name: "Email" }));
  await user.type(screen.getByRole("textbox", { name: "Email" }), "nonsense{Enter}");
  expect(await screen.findByRole("alert")).toHaveTextContent("is not an e-mail address");
  expect(screen.getByRole("button", { name: "Edit Email" })).toHaveTextContent("lead1@example.org");
});

test("Escape leaves the field as it was, and sends nothing", async () => {
  const { user } = renderRoute(path);
  await user.click(await screen.findByRole("button", { name: "Edit Company" }));
  await user.type(screen.getByRole("textbox", { name: "Company" }), " changed{Escape}");
  expect(await screen.findByRole("button", { name: "Edit Company" })).toHaveTextContent("Engines");
});

test("asks why before a lead is unqualified", async () => {
  const sent: unknown[] = [];
  server.use(
    http.patch("/api/leads/{id}", async ({ request, response }) => {
      sent.push(await request.json());
      return response(200).json({ ...lead, status: "Unqualified", unqualifiedReason: "Other", version: 2 });
    }),
  );
  const { user } = renderRoute(path);
  await user.click(await screen.findByRole("button", { name: "Unqualified" }));
  const dialog = await screen.findByRole("dialog", { name: "Why is it unqualified?" });
  await user.click(within(dialog).getByRole("button", { name: "Mark as unqualified" }));
  expect(await within(dialog).findByText("A reason is required")).toBeInTheDocument();

  await user.click(within(dialog).getByRole("combobox", { name: /Reason/ }));
  await user.click(await screen.findByRole("option", { name: "Other" }));
  await user.click(within(dialog).getByRole("button", { name: "Mark as unqualified" }));
  expect(await within(dialog).findByText("Say why")).toBeInTheDocument();
  await user.type(within(dialog).getByLabelText("Note"), "Moved away");
  await user.click(within(dialog).getByRole("button", { name: "Mark as unqualified" }));
  await waitFor(() =>
    expect(sent).toEqual([
      { status: "Unqualified", unqualifiedReason: "Other", unqualifiedNote: "Moved away" },
    ]),
  );
});

test("who may only read sees why the fields are locked", async () => {
  const { user } = renderRoute(path, { permissions: ["lead:read"] });
  await screen.findByRole("heading", { level: 1, name: "Ada Lovelace" });
  expect(screen.queryByRole("button", { name: /^Edit/ })).not.toBeInTheDocument();
  const contacted = screen.getByRole("button", { name: "Contacted" });
  expect(contacted).toHaveAttribute("aria-disabled", "true");
  await user.hover(contacted);
  expect(await screen.findByText("You may not do this to this lead")).toBeInTheDocument();
});

test("says that there is no such lead", async () => {
  server.use(
    http.get("/api/leads/{id}", ({ response }) => response(404).json(someProblem("not-found", 404))),
  );
  renderRoute(path);
  expect(await screen.findByRole("alert")).toHaveTextContent("It does not exist, or you may not see it");
});
