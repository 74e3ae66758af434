import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { answerAround, someTask, taskPage } from "@/testing/customers";
import { someProblem, someUser } from "@/testing/data";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";

let asked: URLSearchParams[] = [];

beforeEach(() => {
  asked = [];
  answerAround();
  server.use(
    http.get("/api/tasks", ({ request, response }) => {
      asked.push(new URL(request.url).searchParams);
      return response(200).json(taskPage([someTask(1), someTask(2, { dueDate: "2020-01-31" })]));
    }),
  );
});

test("narrows the list to one's own tasks by one click", async () => {
  const { user, router } = renderRoute("/tasks?status=Open&status=InProgress");
  await screen.findByRole("link", { name: "Task 1" });
  const scopes = screen.getByRole("navigation", { name: "Which tasks" });
  expect(within(scopes).getByRole("link", { name: "Open" })).toHaveAttribute("aria-current", "page");
  await user.click(within(scopes).getByRole("link", { name: "Mine" }));
  await waitFor(() => expect(asked.at(-1)?.get("assignedTo")).toBe(someUser.id));
  expect(asked.at(-1)?.getAll("status")).toEqual(["Open", "InProgress"]);
  expect(router.state.location.search).toContain(`assignedTo=${someUser.id}`);
  expect(within(scopes).getByRole("link", { name: "Mine" })).toHaveAttribute("aria-current", "page");
});

test("says which tasks are overdue", async () => {
  renderRoute("/tasks");
  const row = (await screen.findByRole("link", { name: "Task 2" })).closest('[role="row"]');
  expect(row).toHaveTextContent(/Overdue:\s*Jan 31, 2020/);
});

test("takes a completed task back when the server refuses it", async () => {
  server.use(
    http.patch("/api/tasks/{id}", ({ response }) => response(403).json(someProblem("forbidden", 403))),
  );
  const { user } = renderRoute("/tasks");
  const check = await screen.findByRole("checkbox", { name: "Done: Task 1" });
  await user.click(check);
  expect(await screen.findByRole("alert")).toHaveTextContent("You may not do this");
  expect(screen.getByRole("checkbox", { name: "Done: Task 1" })).not.toBeChecked();
});

test("gives the tasks that are selected another priority", async () => {
  const sent: unknown[] = [];
  server.use(
    http.post("/api/tasks/bulk", async ({ request, response }) => {
      sent.push(await request.json());
      return response(200).json({ done: 1, unchanged: 0, refused: 0, next: null, items: [] });
    }),
  );
  const { user } = renderRoute("/tasks");
  await user.click(await screen.findByRole("checkbox", { name: "Select Task 1" }));
  const bar = await screen.findByRole("toolbar", { name: "Selected rows" });
  await user.click(within(bar).getByRole("button", { name: "Priority" }));
  await user.click(await screen.findByRole("menuitem", { name: "Urgent" }));
  expect(await screen.findByText("1 record done")).toBeInTheDocument();
  expect(sent).toEqual([{ action: "update", changes: { priority: "Urgent" }, ids: [someTask(1).id] }]);
});
