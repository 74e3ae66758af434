import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { someProblem } from "@/testing/data";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";
import type { Notice } from "../queries";
import { someNotice } from "../testing";

function answerNotices(...notices: Notice[]) {
  const asked: URLSearchParams[] = [];
  server.use(
    http.get("/api/notifications", ({ request, query, response }) => {
      asked.push(new URL(request.url).searchParams);
      const wanted = query.get("unread") ? notices.filter(({ readAt }) => readAt === null) : notices;
      return query.get("cursor")
        ? response(200).json({ notices: [someNotice(1, { resourceName: "Oldest" })], nextCursor: null })
        : response(200).json({ notices: wanted, nextCursor: "older" });
    }),
  );
  return asked;
}

test("shows what is unread, all on demand, and goes on to older ones", async () => {
  const asked = answerNotices(someNotice(3), someNotice(2, { readAt: "2026-03-02T00:00:00Z" }));
  const { user } = renderRoute("/notifications");
  expect(await screen.findByRole("link", { name: "Lead 3" })).toBeInTheDocument();
  expect(screen.queryByRole("link", { name: "Lead 2" })).not.toBeInTheDocument();
  expect(asked[0]?.get("unread")).toBe("true");

  await user.click(screen.getByRole("link", { name: "All" }));
  expect(await screen.findByRole("link", { name: "Lead 2" })).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Show older" }));
  expect(await screen.findByRole("link", { name: "Oldest" })).toBeInTheDocument();
  expect(asked.at(-1)?.get("cursor")).toBe("older");
});

test("what is read stays in sight", async () => {
  answerNotices(someNotice(3));
  server.use(
    http.post("/api/notifications/{number}/read", ({ response }) => response(200).json({ message: "Done" })),
  );
  const { user } = renderRoute("/notifications");
  await user.click(await screen.findByRole("button", { name: "Mark as read: Lead 3" }));
  await waitFor(() =>
    expect(screen.queryByRole("button", { name: /^Mark as read/ })).not.toBeInTheDocument(),
  );
  expect(screen.getByRole("link", { name: "Lead 3" })).toBeInTheDocument();
});

test("leads to what each kind is about", async () => {
  answerNotices(
    someNotice(4, { kind: "importFinished", resourceName: null }),
    someNotice(3, { kind: "taskDue", resource: "task", resourceName: "Call" }),
    someNotice(2, { kind: "webhookDisabled", resource: "notifications.webhook", resourceName: "Billing" }),
    someNotice(1, { resource: "unheard.of", resourceName: "Thing" }),
  );
  renderRoute("/notifications?show=all");
  expect(await screen.findByRole("link", { name: "Your import is finished" })).toHaveAttribute(
    "href",
    `/imports/${someNotice(4).resourceId}`,
  );
  expect(screen.getByRole("link", { name: "Call" })).toHaveAttribute(
    "href",
    `/tasks/${someNotice(3).resourceId}`,
  );
  expect(screen.getByRole("link", { name: "Billing" })).toHaveAttribute(
    "href",
    `/webhooks/${someNotice(2).resourceId}`,
  );
  expect(screen.queryByRole("link", { name: "Thing" })).not.toBeInTheDocument();
});

test("says when everything is read, and when it cannot be loaded", async () => {
  server.use(
    http.get("/api/notifications", ({ response }) =>
      response("default").json(someProblem("internal-error", 500), { status: 500 }),
    ),
  );
  const { user } = renderRoute("/notifications");
  expect(await screen.findByRole("alert")).toHaveTextContent("Something went wrong");
  server.use(
    http.get("/api/notifications", ({ response }) => response(200).json({ notices: [], nextCursor: null })),
  );
  await user.click(screen.getByRole("button", { name: "Retry" }));
  expect(await screen.findByText("You have read everything")).toBeInTheDocument();
});
