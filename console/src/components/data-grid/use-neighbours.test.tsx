import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { leadPage, someLead } from "@/testing/data";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";

test("J and K go through the list that one has come from, over the end of a page", async () => {
  const lead = (number: number) => someLead(number, { name: `Lead ${number}` });
  server.use(
    http.get("/api/leads", ({ query, response }) => {
      expect(query.get("sort")).toBe("name");
      const first = query.get("page") === "2" ? 101 : 1;
      return response(200).json(
        leadPage(
          Array.from({ length: 100 }, (_, index) => lead(first + index)),
          200,
        ),
      );
    }),
    http.get("/api/leads/{id}", ({ params, response }) =>
      response(200).json(lead(Number(params.id.slice(-4)))),
    ),
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
  const { user, router } = renderRoute("/leads?sort=name");
  await screen.findByRole("link", { name: "Lead 1" });
  await router.navigate(`/leads/${someLead(99).id}`, { state: { index: 98, list: "?sort=name" } });
  await screen.findByRole("heading", { level: 1, name: "Lead 99" });

  await user.keyboard("J");
  expect(await screen.findByRole("heading", { level: 1, name: "Lead 100" })).toBeInTheDocument();
  await user.keyboard("J");
  expect(await screen.findByRole("heading", { level: 1, name: "Lead 101" })).toBeInTheDocument();
  await user.keyboard("K");
  expect(await screen.findByRole("heading", { level: 1, name: "Lead 100" })).toBeInTheDocument();

  const back = within(screen.getByRole("main")).getByRole("link", { name: "Leads" });
  expect(back).toHaveAttribute("href", "/leads?sort=name");
});
