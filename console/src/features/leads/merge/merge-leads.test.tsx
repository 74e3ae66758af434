import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import type { components } from "@/api/schema";
import { taskPage } from "@/testing/customers";
import { leadPage, someLead, someProblem, someUser } from "@/testing/data";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";

type MergeLeads = components["schemas"]["MergeLeads"];

const target = someLead(1, { name: "Grace Hopper", company: "Navy" });
const source = someLead(2, { name: "Grace B. Hopper", company: "Yale", assignedAgent: someUser });
const path = `/leads/${target.id}`;

beforeEach(() => {
  server.use(
    http.get("/api/leads", ({ response }) => response(200).json(leadPage([]))),
    http.get("/api/leads/{id}", ({ params, response }) =>
      response(200).json(params.id === source.id ? source : target),
    ),
    http.get("/api/leads/{id}/duplicates", ({ response }) =>
      response(200).json({ candidates: [{ id: source.id, name: source.name, reason: "phone", score: 80 }] }),
    ),
    http.get("/api/leads/{id}/timeline", ({ response }) =>
      response(200).json({ activities: [], nextCursor: null }),
    ),
    http.get("/api/tags", ({ response }) => response(200).json({ tags: [], isComplete: true })),
    http.get("/api/tasks", ({ response }) => response(200).json(taskPage([]))),
    http.get("/api/users", ({ response }) =>
      response(200).json({ users: [], page: 1, totalPages: 0, totalUsers: 0 }),
    ),
  );
});

/** Answers merges as the server does, and notes those that write. */
function answerMerge() {
  const sent: unknown[] = [];
  server.use(
    http.post("/api/leads/{id}/merge", async ({ request, response }) => {
      const { dryRun, ...body }: MergeLeads = await request.json();
      if (!dryRun) sent.push(request.headers.get("If-Match"), body);
      const lead = { ...target, company: body.overrides?.company ?? "Navy", assignedAgent: someUser };
      return response(200).json({ message: "Done", lead, sources: body.sources });
    }),
  );
  return sent;
}

test("names who may be the same, and merges them with the values that are chosen", async () => {
  const sent = answerMerge();
  const undone: string[] = [];
  server.use(
    http.post("/api/leads/{id}/unmerge", ({ params, response }) => {
      undone.push(params.id);
      return response(200).json({ message: "Done", lead: target, sources: [source.id] });
    }),
  );
  const { user } = renderRoute(path);
  expect(await screen.findByText(/Another lead may be the same/)).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Compare and merge" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Merge into Grace Hopper" }));
  const merge = dialog.getByRole("button", { name: "Merge" });
  expect(merge).toHaveAttribute("aria-disabled", "true");
  await user.click(dialog.getByRole("checkbox", { name: /Grace B. Hopper same phone/ }));
  await user.click(await dialog.findByRole("radio", { name: "Yale" }));
  const preview = await dialog.findByRole("region", { name: "The lead will be" });
  await waitFor(() => expect(preview).toHaveTextContent("Yale"));
  expect(preview).toHaveTextContent("Ada King");
  expect(dialog.queryByRole("radio", { name: "Ada King" })).not.toBeInTheDocument();
  await user.click(dialog.getByRole("button", { name: "Merge 1 lead" }));
  await waitFor(() =>
    expect(sent).toEqual(['"1"', { sources: [source.id], overrides: { company: "Yale" } }]),
  );
  await user.click(await screen.findByRole("button", { name: "Undo" }));
  await waitFor(() => expect(undone).toEqual([target.id]));
});

test("says why when the merge is refused", async () => {
  server.use(
    http.post("/api/leads/{id}/merge", ({ response }) => response(403).json(someProblem("forbidden", 403))),
  );
  const { user } = renderRoute(path);
  await user.click(await screen.findByRole("button", { name: "More actions" }));
  await user.click(await screen.findByRole("menuitem", { name: /Merge others/ }));
  const dialog = within(await screen.findByRole("dialog", { name: "Merge into Grace Hopper" }));
  await user.click(await dialog.findByRole("checkbox", { name: /Grace B. Hopper/ }));
  expect(await dialog.findByRole("alert")).toHaveTextContent("You may not do this");
});

test("who may not merge is told of duplicates, but not offered to", async () => {
  const { user } = renderRoute(path, { permissions: ["lead:read"] });
  expect(await screen.findByText(/Another lead may be the same/)).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Compare and merge" })).not.toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "More actions" }));
  expect(await screen.findByRole("menuitem", { name: /Merge others/ })).toHaveAttribute(
    "aria-disabled",
    "true",
  );
});
