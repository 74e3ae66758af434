import { screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { usePreferences } from "@/stores/preferences";
import { answerAround, someCustomer, someTask, taskPage } from "@/testing/customers";
import { someProblem, someUser } from "@/testing/data";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";

beforeEach(() => {
  answerAround();
  server.use(
    http.get("/api/tasks/{id}/timeline", ({ response }) =>
      response(200).json({ activities: [], nextCursor: null }),
    ),
  );
});

test("says what is missing", async () => {
  const { user } = renderRoute("/tasks/new?day=2026-03-09");
  await user.clear(await screen.findByLabelText(/^Day/));
  await user.click(screen.getByRole("button", { name: "Create task" }));
  const title = screen.getByRole("textbox", { name: /Title/ });
  await waitFor(() => expect(title).toHaveAccessibleDescription("Title is required"));
  expect(screen.getByLabelText(/^Day/)).toHaveAccessibleDescription("Choose a day");
  expect(title).toHaveFocus();
});

test("makes a task that is due at a time of the user's zone, about a customer that was searched", async () => {
  usePreferences.setState({ timeZone: "America/New_York" });
  const sent: unknown[] = [];
  const customer = someCustomer(1, { name: "Grace Hopper" });
  server.use(
    http.get("/api/tasks", ({ response }) => response(200).json(taskPage([]))),
    http.get("/api/search", ({ response }) =>
      response(200).json({
        hits: [
          {
            type: "customer",
            id: customer.id,
            name: customer.name,
            context: "Navy",
            score: 1,
            match: "exact",
            matched: ["name"],
          },
        ],
        isComplete: true,
      }),
    ),
    http.post("/api/tasks", async ({ request, response }) => {
      sent.push(await request.json());
      return response(201).json(someTask(1, { title: "Call" }));
    }),
  );
  const { user, router } = renderRoute("/tasks/new");
  await user.type(await screen.findByRole("textbox", { name: /Title/ }), "Call");
  await user.click(screen.getByRole("combobox", { name: "Due" }));
  await user.click(await screen.findByRole("option", { name: "At a time" }));
  await user.type(await screen.findByLabelText(/^Time/), "2026-03-09T15:30");
  await user.type(screen.getByRole("combobox", { name: "About" }), "grace");
  await user.click(await screen.findByRole("option", { name: /Grace Hopper/ }));
  await user.click(screen.getByRole("button", { name: "Create task" }));
  expect(await screen.findByText("Call is created")).toBeInTheDocument();
  expect(router.state.location.pathname).toBe("/tasks");
  expect(sent).toEqual([
    {
      title: "Call",
      description: null,
      status: "Open",
      priority: "Medium",
      dueDate: null,
      dueAt: "2026-03-09T19:30:00.000Z",
      remindAt: null,
      assignedTo: someUser.id,
      relatedTo: { type: "Customer", id: customer.id },
    },
  ]);
  usePreferences.setState({ timeZone: null });
});

test("sends only what was changed, and asks when somebody else changed the task too", async () => {
  let current = someTask(1);
  const sent: unknown[] = [];
  server.use(
    http.get("/api/tasks/{id}", ({ response }) => response(200).json(current)),
    http.patch("/api/tasks/{id}", async ({ request, response }) => {
      const body = await request.json();
      sent.push([request.headers.get("If-Match"), body]);
      if (request.headers.get("If-Match") !== `"${current.version}"`) {
        return response("default").json(someProblem("stale", 412), { status: 412 });
      }
      current = someTask(1, { title: body.title ?? "", priority: "Urgent", version: 3 });
      return response(200).json(current);
    }),
  );
  const { user, router } = renderRoute(`/tasks/${someTask(1).id}/edit`);
  const title = await screen.findByRole("textbox", { name: /Title/ });
  current = someTask(1, { priority: "Urgent", version: 2 });
  await user.clear(title);
  await user.type(title, "Mine");
  await user.click(screen.getByRole("button", { name: "Save" }));
  await user.click(await screen.findByRole("button", { name: "Save mine all the same" }));
  expect(await screen.findByRole("heading", { level: 1, name: "Mine" })).toBeInTheDocument();
  expect(sent).toEqual([
    ['"1"', { title: "Mine" }],
    ['"2"', { title: "Mine" }],
  ]);
  await waitFor(() => expect(router.state.location.pathname).toBe(`/tasks/${someTask(1).id}`));
});
