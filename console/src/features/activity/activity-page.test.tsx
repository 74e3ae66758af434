import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { someActivity, someCustomer } from "@/testing/customers";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";

const permissions = ["activity:read", "customer:read"];

function answerLog() {
  const asked: URLSearchParams[] = [];
  server.use(
    http.get("/api/activities", ({ request, query, response }) => {
      asked.push(new URL(request.url).searchParams);
      const edited = someActivity(1, "customer.edited", {
        changes: { company: { from: "Old Ltd", to: "New Ltd" } },
      });
      return query.get("cursor")
        ? response(200).json({ activities: [someActivity(2, "customer.created")], nextCursor: null })
        : response(200).json({ activities: [edited], nextCursor: "next" });
    }),
  );
  return asked;
}

test("tells what a field held before and since, and leads to the record", async () => {
  answerLog();
  renderRoute("/activity", { permissions });
  expect(await screen.findByText("New Ltd")).toBeInTheDocument();
  expect(screen.getByText("Old Ltd", { exact: false })).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "Customer 1" })).toHaveAttribute(
    "href",
    `/customers/${someCustomer(1).id}`,
  );
});

test("goes on where the log was left off", async () => {
  const asked = answerLog();
  const { user } = renderRoute("/activity", { permissions });
  await user.click(await screen.findByRole("button", { name: "Show older" }));
  expect(await screen.findByText("That is all.")).toBeInTheDocument();
  expect(asked.map((query) => query.get("cursor"))).toEqual([null, "next"]);
});

test("asks for what the URL says, and clears it", async () => {
  const asked: URLSearchParams[] = [];
  server.use(
    http.get("/api/activities", ({ request, response }) => {
      asked.push(new URL(request.url).searchParams);
      return response(200).json({ activities: [], nextCursor: null });
    }),
  );
  const { user } = renderRoute("/activity?action=lead.converted", { permissions });
  await screen.findByText("Nothing like this was done");
  expect(asked[0]?.get("action")).toBe("lead.converted");
  await user.click(screen.getByRole("button", { name: "Clear filters" }));
  await waitFor(() => expect(asked.at(-1)?.has("action")).toBe(false));
});

test("is not offered to who may not see it", async () => {
  answerLog();
  renderRoute("/activity", { permissions: ["customer:read"] });
  await screen.findByRole("heading", { level: 1, name: "Activity" });
  expect(screen.queryByRole("link", { name: "Activity" })).not.toBeInTheDocument();
});
