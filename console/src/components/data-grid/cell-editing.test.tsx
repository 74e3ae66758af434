import { act, screen, waitFor, within } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import type { components } from "@/api/schema";
import { leadPage, someLead, someProblem } from "@/testing/data";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";

type UpdateLead = components["schemas"]["UpdateLead"];

const columns = "?columns=company,phone,createdAt,source";
const ada = someLead(1, { name: "Ada", company: "Engines", phone: "1", source: "Fair" });

/** Opens a list of two leads, and notes what is sent; the first answers are refusals. */
async function open(...refusals: number[]) {
  const sent: { ifMatch: string | null; changes: UpdateLead }[] = [];
  let current = ada;
  server.use(
    http.get("/api/leads", ({ response }) => response(200).json(leadPage([current, someLead(2)]))),
    http.get("/api/leads/{id}", ({ response }) => response(200).json(current)),
    http.patch("/api/leads/{id}", async ({ request, response }) => {
      const changes = await request.json();
      sent.push({ ifMatch: request.headers.get("If-Match"), changes });
      const refusal = refusals.shift();
      if (refusal === 400) {
        return response(400).json(
          someProblem("validation-failed", 400, {
            errors: [{ pointer: "#/phone", parameter: null, code: "not-a-phone", message: "is no number" }],
          }),
        );
      }
      if (refusal === 412) return response("default").json(someProblem("stale", 412), { status: 412 });
      current = { ...current, ...(changes as typeof ada), version: current.version + 1 };
      return response(200).json(current);
    }),
  );
  const { user } = renderRoute(`/leads${columns}`);
  const row = (await screen.findByRole("link", { name: "Ada" })).closest<HTMLElement>("[role=row]");
  // What edits is loaded beside the rows.
  await act(() => vi.dynamicImportSettled());
  if (!row) throw new Error("There is no row");
  const cell = (text: string) => within(row).getByText(text).closest<HTMLElement>("[role=cell]") ?? row;
  const change = (changes: Partial<typeof ada>) => {
    current = { ...current, ...changes, version: current.version + 1 };
  };
  return { user, sent, row, cell, change };
}

async function edit(user: UserEvent, cell: HTMLElement) {
  await user.dblClick(cell);
  return screen.findByRole("textbox", { name: /, Ada$/ });
}

test("a double click edits, Enter saves at once, and the focus comes back to the cell", async () => {
  const { user, sent, cell } = await open();
  const editor = await edit(user, cell("Engines"));
  expect(editor).toHaveValue("Engines");
  await user.clear(editor);
  await user.type(editor, "Looms{Enter}");
  expect(cell("Looms")).toHaveFocus();
  await waitFor(() => expect(sent).toEqual([{ ifMatch: '"1"', changes: { company: "Looms" } }]));
  expect(screen.queryByRole("textbox", { name: /, Ada$/ })).not.toBeInTheDocument();
});

test("arrows move from cell to cell, Enter opens, Escape leaves it as it was", async () => {
  const { user, sent, cell } = await open();
  screen.getByRole("link", { name: "Ada" }).focus();
  await user.keyboard("{ArrowRight}{ArrowRight}");
  expect(cell("1")).toHaveFocus();
  // What is not edited is passed over.
  await user.keyboard("{ArrowRight}");
  expect(cell("Fair")).toHaveFocus();
  await user.keyboard("{ArrowLeft}{Enter}");
  const editor = await screen.findByRole("textbox", { name: "Phone, Ada" });
  await user.type(editor, "23{Escape}");
  expect(cell("1")).toHaveFocus();
  await user.keyboard("{ArrowDown}");
  expect(document.activeElement?.closest("[data-index]")).toHaveAttribute("data-index", "1");
  expect(sent).toEqual([]);
});

test("F2 edits the name, whose link Enter follows", async () => {
  const { user, sent } = await open();
  screen.getByRole("link", { name: "Ada" }).focus();
  await user.keyboard("{F2}");
  const editor = await screen.findByRole("textbox", { name: "Name, Ada" });
  await user.clear(editor);
  await user.type(editor, "Augusta{Enter}");
  expect(await screen.findByRole("link", { name: "Augusta" })).toHaveFocus();
  await waitFor(() => expect(sent[0]?.changes).toEqual({ name: "Augusta" }));
});

test("Tab saves and goes on to the right, Shift+Tab to the left", async () => {
  const { user, sent, cell } = await open();
  const company = await edit(user, cell("Engines"));
  await user.clear(company);
  await user.type(company, "Looms");
  await user.tab();
  const phone = await screen.findByRole("textbox", { name: "Phone, Ada" });
  expect(phone).toHaveFocus();
  await user.tab();
  expect(await screen.findByRole("textbox", { name: "Source, Ada" })).toHaveFocus();
  await user.tab({ shift: true });
  expect(await screen.findByRole("textbox", { name: "Phone, Ada" })).toHaveFocus();
  await user.keyboard("{Escape}");
  await waitFor(() => expect(sent.map(({ changes }) => changes)).toEqual([{ company: "Looms" }]));
});

test("leaving the cell saves it", async () => {
  const { user, sent, cell } = await open();
  await user.type(await edit(user, cell("Fair")), "!");
  await user.click(screen.getByRole("searchbox"));
  await waitFor(() => expect(sent[0]?.changes).toEqual({ source: "Fair!" }));
  expect(screen.getByRole("searchbox")).toHaveFocus();
});

test("what is refused is as it was, the reason stands at the cell, and what was typed is not lost", async () => {
  const { user, cell } = await open(400);
  const editor = await edit(user, cell("1"));
  await user.clear(editor);
  await user.type(editor, "nonsense{Enter}");
  expect(await screen.findByRole("alert")).toHaveTextContent("is no number");
  expect(await edit(user, cell("1"))).toHaveValue("nonsense");
});

test("two who change the same cell decide whose value it is to be", async () => {
  const { user, sent, cell, change } = await open(412);
  const editor = await edit(user, cell("Engines"));
  change({ company: "Theirs" });
  await user.clear(editor);
  await user.type(editor, "Mine{Enter}");
  const conflict = await screen.findByRole("dialog", { name: "Somebody changed it in the meantime" });
  expect(conflict).toHaveTextContent("Mine");
  expect(conflict).toHaveTextContent("Theirs");
  await user.click(within(conflict).getByRole("button", { name: "Take theirs" }));
  await waitFor(() => expect(cell("Theirs")).toBeInTheDocument());
  expect(sent).toHaveLength(1);
});

test("what somebody else changed in another cell is no conflict", async () => {
  const { user, sent, cell, change } = await open(412);
  const editor = await edit(user, cell("Engines"));
  change({ source: "Web" });
  await user.clear(editor);
  await user.type(editor, "Mine{Enter}");
  await waitFor(() => expect(sent.map(({ ifMatch }) => ifMatch)).toEqual(['"1"', '"2"']));
  expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
});

test("who may only read edits nothing", async () => {
  server.use(http.get("/api/leads", ({ response }) => response(200).json(leadPage([ada]))));
  const { user } = renderRoute(`/leads${columns}`, { permissions: ["lead:read"] });
  await user.dblClick(await screen.findByText("Engines"));
  screen.getByRole("link", { name: "Ada" }).focus();
  await user.keyboard("{F2}");
  expect(screen.queryByRole("textbox", { name: /, Ada$/ })).not.toBeInTheDocument();
});
