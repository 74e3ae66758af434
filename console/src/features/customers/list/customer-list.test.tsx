import { screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import * as download from "@/lib/download";
import { answerAround, customerPage, someCustomer } from "@/testing/customers";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";

let asked: URLSearchParams[] = [];

beforeEach(() => {
  asked = [];
  answerAround();
  server.use(
    http.get("/api/customers", ({ request, response }) => {
      asked.push(new URL(request.url).searchParams);
      return response(200).json(customerPage([someCustomer(1), someCustomer(2)]));
    }),
  );
});

test("asks for what the URL says", async () => {
  renderRoute("/customers?owner=00000000-0000-7000-8000-0000000000aa&tag=vip&sort=name&search=ada");
  await screen.findByRole("link", { name: "Customer 1" });
  expect(Object.fromEntries(asked[0] ?? [])).toEqual({
    search: "ada",
    owner: "00000000-0000-7000-8000-0000000000aa",
    tag: "vip",
    sort: "name",
    page: "1",
    limit: "100",
  });
});

test("archives what is selected, and takes it back", async () => {
  const sent: unknown[] = [];
  server.use(
    http.post("/api/customers/bulk", async ({ request, response }) => {
      const body = await request.json();
      sent.push(body);
      const items = (body.ids ?? []).map((id) => ({
        id,
        status: "done" as const,
        code: null,
        message: null,
      }));
      return response(200).json({ done: items.length, unchanged: 0, refused: 0, next: null, items });
    }),
  );
  const { user } = renderRoute("/customers");
  await user.click(await screen.findByRole("checkbox", { name: "Select Customer 2" }));
  await user.click(await screen.findByRole("button", { name: "Archive" }));
  await user.click(await screen.findByRole("button", { name: "Undo" }));
  await waitFor(() =>
    expect(sent).toEqual([
      { action: "archive", ids: [someCustomer(2).id] },
      { action: "restore", ids: [someCustomer(2).id] },
    ]),
  );
});

test("exports the list as it is narrowed and ordered", async () => {
  const saved = vi.spyOn(download, "saveFile").mockImplementation(() => {});
  const queries: URLSearchParams[] = [];
  server.use(
    http.get("/api/customers/export", ({ request, response }) => {
      queries.push(new URL(request.url).searchParams);
      return response.untyped(new Response("id,name", { headers: { "Content-Type": "text/csv" } }));
    }),
  );
  const { user } = renderRoute("/customers?tag=vip&sort=name");
  await screen.findByRole("link", { name: "Customer 1" });
  await user.click(screen.getByRole("button", { name: "Export" }));
  await user.click(await screen.findByRole("menuitem", { name: /CSV/ }));
  await waitFor(() => expect(saved).toHaveBeenCalledWith(expect.any(Blob), "customers.csv"));
  expect(Object.fromEntries(queries[0] ?? [])).toEqual({ tag: "vip", sort: "name", format: "csv" });
});

test("says why one may not export", async () => {
  renderRoute("/customers", { permissions: ["customer:read"] });
  await screen.findByRole("link", { name: "Customer 1" });
  expect(screen.getByRole("button", { name: "Export" })).toHaveAttribute("aria-disabled", "true");
  expect(screen.queryByRole("link", { name: "New customer" })).not.toBeInTheDocument();
});

test("says that no customer fits, and clears the filters", async () => {
  server.use(
    http.get("/api/customers", ({ query, response }) =>
      response(200).json(customerPage(query.get("tag") ? [] : [someCustomer(1)])),
    ),
  );
  const { user } = renderRoute("/customers?tag=vip");
  expect(await screen.findByText("No customer is like this")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Clear filters" }));
  expect(await screen.findByRole("link", { name: "Customer 1" })).toBeInTheDocument();
});
