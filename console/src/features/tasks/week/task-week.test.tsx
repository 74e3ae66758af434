import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { usePreferences } from "@/stores/preferences";
import { answerAround, someTask, taskPage } from "@/testing/customers";
import { someUser } from "@/testing/data";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";

let asked: URLSearchParams[] = [];

beforeEach(() => {
  asked = [];
  answerAround();
  server.use(
    http.get("/api/tasks", ({ request, response }) => {
      asked.push(new URL(request.url).searchParams);
      return response(200).json(
        taskPage([
          someTask(1, { dueDate: "2026-03-03" }),
          someTask(2, { dueAt: "2026-03-04T04:30:00.000Z" }),
        ]),
      );
    }),
  );
});

const day = (name: string) => screen.findByRole("region", { name: new RegExp(name) });

test("shows days as they are and times in the user's zone", async () => {
  usePreferences.setState({ timeZone: "America/New_York" });
  renderRoute("/tasks/week?from=2026-03-02");
  const tuesday = await day("Tuesday, March 3");
  expect(within(tuesday).getByRole("link", { name: "Task 1" })).toBeInTheDocument();
  expect(within(tuesday).getByRole("link", { name: "Task 2" })).toBeInTheDocument();
  expect(within(tuesday).getByText("11:30 PM")).toBeInTheDocument();
  expect(asked[0]?.get("assignedTo")).toBe(someUser.id);
  usePreferences.setState({ timeZone: null });
});

test("moves a task to another day by its menu, and back by Undo", async () => {
  const sent: unknown[] = [];
  let version = 1;
  server.use(
    http.patch("/api/tasks/{id}", async ({ request, response }) => {
      const { dueDate } = await request.json();
      sent.push(dueDate);
      version += 1;
      return response(200).json(someTask(1, { dueDate: dueDate ?? null, version }));
    }),
  );
  const { user } = renderRoute("/tasks/week?from=2026-03-02");
  await user.click(await screen.findByRole("button", { name: "Move Task 1" }));
  await user.click(await screen.findByRole("menuitem", { name: "Friday, March 6" }));
  expect(
    await within(await day("Friday, March 6")).findByRole("link", { name: "Task 1" }),
  ).toBeInTheDocument();
  await user.click(await screen.findByRole("button", { name: "Undo" }));
  await waitFor(() => expect(sent).toEqual(["2026-03-06", "2026-03-03"]));
});

test("goes to the next week, and shows everybody's tasks", async () => {
  const { user, router } = renderRoute("/tasks/week?from=2026-03-01");
  await screen.findByRole("link", { name: "Task 1" });
  await user.click(screen.getByRole("button", { name: "Next week" }));
  await waitFor(() => expect(router.state.location.search).toContain("from=2026-03-08"));
  await user.click(screen.getByRole("button", { name: "Everybody’s" }));
  await waitFor(() => expect(asked.at(-1)?.has("assignedTo")).toBe(false));
  expect(asked.at(-1)?.get("from")).toBe("2026-03-07");
});
