import { screen, waitFor } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import type { components } from "@/api/schema";
import * as download from "@/lib/download";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";

type Import = components["schemas"]["Import"];

const id = "00000000-0000-7000-8000-400000000001";

const counts = { created: 0, failed: 0, kept: 0, reverted: 0, skipped: 0, unchanged: 0, updated: 0 };

function someImport(changes: Partial<Import>): Import {
  return {
    id,
    resource: "lead",
    state: "ready",
    mapping: [{ column: "Name", field: "name" }],
    mode: "create",
    matchBy: "emailId",
    onDuplicate: "skip",
    rows: 2,
    done: 0,
    counts,
    errors: [],
    failure: null,
    createdAt: "2026-03-01T09:30:00.000Z",
    updatedAt: "2026-03-01T09:30:00.000Z",
    ...changes,
  };
}

const file = new File(["Name,Email,Mail two\nAda,ada@example.org,\n,nonsense,\n"], "leads.csv", {
  type: "text/csv",
});

test("refuses two columns for one field, shows what is wrong, and has the server check it", async () => {
  const sent: unknown[] = [];
  server.use(
    http.post("/api/imports", async ({ request, query, response }) => {
      sent.push([query.get("resource"), await request.text()]);
      return response(201).json(someImport({}));
    }),
    http.patch("/api/imports/{id}", async ({ request, response }) => {
      sent.push(await request.json());
      return response(200).json(someImport({}));
    }),
    http.post("/api/imports/{id}/dry-run", ({ response }) =>
      response(202).json(someImport({ state: "checking" })),
    ),
    http.get("/api/imports/{id}", ({ response }) =>
      response(200).json(
        someImport({
          state: "checked",
          counts: { ...counts, created: 1, failed: 1 },
          errors: [{ line: 3, outcome: "failed", reason: "name: must be given" }],
        }),
      ),
    ),
  );
  const { user, router } = renderRoute("/imports/new");
  await user.upload(await screen.findByLabelText(/Choose a CSV file/), file);
  await user.click(await screen.findByRole("combobox", { name: "What Mail two holds" }));
  await user.click(await screen.findByRole("option", { name: "Email" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("More than one column is to hold: Email");
  expect(screen.getByRole("button", { name: "Preview" })).toHaveAttribute("aria-disabled", "true");
  await user.click(screen.getByRole("combobox", { name: "What Mail two holds" }));
  await user.click(await screen.findByRole("option", { name: "Leave out" }));

  await user.click(screen.getByRole("button", { name: "Preview" }));
  expect(
    await screen.findByText("Something seems to be wrong in 1 of the first 2 rows."),
  ).toBeInTheDocument();
  expect(screen.getByText("This is no email address")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Send and check all rows" }));

  expect(await screen.findByText("name: must be given")).toBeInTheDocument();
  expect(router.state.location.pathname).toBe(`/imports/${id}`);
  expect(sent).toEqual([
    ["lead", "Name,Email,Mail two\nAda,ada@example.org,\n,nonsense,\n"],
    {
      mapping: [
        { column: "Name", field: "name" },
        { column: "Email", field: "emailId" },
        { column: "Mail two", field: null },
      ],
      mode: "create",
      matchBy: "emailId",
      onDuplicate: "skip",
    },
  ]);
});

test("runs what was checked, shows how far it is, and saves the rows that are wrong", async () => {
  const saved = vi.spyOn(download, "saveFile").mockImplementation(() => {});
  let current = someImport({ state: "checked", counts: { ...counts, created: 1 } });
  server.use(
    http.get("/api/imports/{id}", ({ response }) => response(200).json(current)),
    http.post("/api/imports/{id}/run", ({ response }) => {
      current = someImport({
        state: "finished",
        done: 2,
        counts: { ...counts, created: 1, failed: 1 },
        errors: [{ line: 3, outcome: "failed", reason: "name: must be given" }],
      });
      return response(202).json(someImport({ state: "running", done: 1 }));
    }),
    http.get("/api/imports/{id}/errors", ({ response }) =>
      response.untyped(new Response("line,reason", { headers: { "Content-Type": "text/csv" } })),
    ),
  );
  const { user } = renderRoute(`/imports/${id}`);
  await user.click(await screen.findByRole("button", { name: "Import" }));
  expect(await screen.findByRole("progressbar", { name: "Importing" })).toHaveAttribute("value", "1");
  expect(await screen.findByRole("link", { name: "See the leads" }, { timeout: 3000 })).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Download as CSV" }));
  await waitFor(() => expect(saved).toHaveBeenCalledWith(expect.any(Blob), "errors.csv"));
});

test("takes an import back only when told twice", async () => {
  const begun: string[] = [];
  server.use(
    http.get("/api/imports/{id}", ({ response }) =>
      response(200).json(someImport({ state: "finished", counts: { ...counts, created: 2 } })),
    ),
    http.post("/api/imports/{id}/revert", ({ response }) => {
      begun.push("revert");
      return response(202).json(someImport({ state: "reverting" }));
    }),
  );
  const { user } = renderRoute(`/imports/${id}`);
  await user.click(await screen.findByRole("button", { name: "Take the import back…" }));
  expect(begun).toEqual([]);
  await user.click(await screen.findByRole("button", { name: "Take back" }));
  expect(await screen.findByRole("progressbar", { name: "Taking the import back" })).toBeInTheDocument();
  expect(begun).toEqual(["revert"]);
});

test("lists one's imports with how they went", async () => {
  server.use(
    http.get("/api/imports", ({ response }) =>
      response(200).json({
        imports: [someImport({ state: "finished", counts: { ...counts, created: 2, failed: 1 } })],
      }),
    ),
  );
  renderRoute("/imports");
  expect(await screen.findByRole("link", { name: "2 rows of leads" })).toHaveAttribute(
    "href",
    `/imports/${id}`,
  );
  expect(screen.getByText("2 created, 1 wrong")).toBeInTheDocument();
});
