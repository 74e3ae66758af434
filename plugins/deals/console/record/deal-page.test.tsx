import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { someProblem, someUser } from "@/testing/data";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";
import { answerAroundDeals, dealPermissions, someDeal, stages } from "../testing/deals";

const path = `/deals/${someDeal(1).id}`;
const permissions = dealPermissions;

function answerDeal(deal = someDeal(1)) {
  server.use(
    http.get("/api/deals/{id}", ({ response }) => response(200).json(deal)),
    http.get("/api/deals/{id}/history", ({ response }) =>
      response(200).json({
        changes: [
          {
            from: stages.fresh,
            to: stages.proposal,
            at: deal.createdAt,
            seconds: 3 * 86_400,
            actor: someUser,
          },
          {
            from: stages.proposal,
            to: deal.stage,
            at: deal.updatedAt,
            seconds: 7200,
            actor: null,
          },
        ],
        current: { stage: deal.stage, since: deal.stageSince, seconds: 60 },
        nextCursor: null,
      }),
    ),
  );
}

function answerMove(answer: Parameters<typeof someDeal>[1]) {
  const sent: unknown[] = [];
  server.use(
    http.post("/api/deals/{id}/move", async ({ request, response }) => {
      sent.push(request.headers.get("If-Match"), await request.json());
      const moved = someDeal(1, { version: 2, ...answer });
      // Its history has the step too.
      answerDeal(moved);
      return response(200).json(moved);
    }),
  );
  return sent;
}

beforeEach(() => {
  answerDeal();
  // After it: their addresses look like that of a deal.
  answerAroundDeals();
});

test("changes the amount where it stands, for the version that was seen", async () => {
  const sent: unknown[] = [];
  server.use(
    http.patch("/api/deals/{id}", async ({ request, response }) => {
      sent.push(request.headers.get("If-Match"), await request.json());
      return response(200).json(someDeal(1, { amount: { amount: 123_450, currency: "EUR" }, version: 2 }));
    }),
  );
  const { user } = renderRoute(path, { permissions });
  await user.click(await screen.findByRole("button", { name: "Edit Amount" }));
  await user.clear(screen.getByRole("textbox", { name: "Amount" }));
  await user.type(screen.getByRole("textbox", { name: "Amount" }), "nonsense{Enter}");
  expect(await screen.findByRole("alert")).toHaveTextContent("Write an amount such as 1250.50");
  await user.click(screen.getByRole("button", { name: "Edit Amount" }));
  await user.clear(screen.getByRole("textbox", { name: "Amount" }));
  await user.type(screen.getByRole("textbox", { name: "Amount" }), "1234.5{Enter}");
  await waitFor(() =>
    expect(screen.getByRole("button", { name: "Edit Amount" })).toHaveTextContent("€1,234.50"),
  );
  await waitFor(() => expect(sent).toEqual(['"1"', { amount: { amount: 123_450, currency: "EUR" } }]));
});

test("two who change the probability decide whose it is to be", async () => {
  let stale = true;
  const sent: unknown[] = [];
  server.use(
    http.patch("/api/deals/{id}", async ({ request, response }) => {
      if (stale) {
        stale = false;
        answerDeal(someDeal(1, { probability: 40, probabilityOverride: 40, version: 5 }));
        return response("default").json(someProblem("stale", 412), { status: 412 });
      }
      sent.push(request.headers.get("If-Match"), await request.json());
      return response(200).json(someDeal(1, { probability: 60, probabilityOverride: 60, version: 6 }));
    }),
  );
  const { user } = renderRoute(path, { permissions });
  const edit = await screen.findByRole("button", { name: "Edit Probability" });
  expect(edit).toHaveTextContent("10% (of the stage)");
  await user.click(edit);
  await user.type(screen.getByRole("textbox", { name: "Probability" }), "60{Enter}");
  const conflict = await screen.findByRole("dialog", { name: "Somebody changed it in the meantime" });
  expect(conflict).toHaveTextContent("40");
  await user.click(within(conflict).getByRole("button", { name: "Keep mine" }));
  await waitFor(() => expect(sent).toEqual(['"5"', { probabilityOverride: 60 }]));
});

test("is won by one click", async () => {
  const sent = answerMove({ stage: stages.won });
  const { user } = renderRoute(path, { permissions });
  await user.click(await screen.findByRole("button", { name: "Mark as won" }));
  expect(await screen.findByRole("button", { name: "Reopen" })).toBeInTheDocument();
  expect(sent).toEqual(['"1"', { stageId: stages.won.id }]);
});

test("is lost for a reason, and opened again in the stage where it was", async () => {
  const sent = answerMove({ stage: stages.lost, lostReason: "Too dear" });
  const { user } = renderRoute(path, { permissions });
  await user.click(await screen.findByRole("button", { name: "Mark as lost" }));
  const dialog = await screen.findByRole("dialog", { name: "Why is it lost?" });
  await user.click(within(dialog).getByRole("button", { name: "Mark as lost" }));
  expect(await within(dialog).findByText("A reason is required")).toBeInTheDocument();
  await user.type(within(dialog).getByRole("textbox", { name: /Reason/ }), "Too dear");
  await user.click(within(dialog).getByRole("button", { name: "Mark as lost" }));
  await waitFor(() => expect(sent).toContainEqual({ stageId: stages.lost.id, lostReason: "Too dear" }));

  const reopened = answerMove({ stage: stages.proposal, version: 3 });
  await user.click(await screen.findByRole("button", { name: "Reopen" }));
  await waitFor(() => expect(reopened).toEqual(['"2"', { stageId: stages.proposal.id }]));
  expect(await screen.findByRole("button", { name: "Proposal" })).toHaveAttribute("aria-current", "step");
});

test("tells through which stages it went, and for how long", async () => {
  renderRoute(path, { permissions });
  const table = await screen.findByRole("table", { name: "Stages so far" });
  const rows = within(table)
    .getAllByRole("row")
    .map((row) => row.textContent);
  expect(rows[1]).toContain("1 minute");
  expect(rows[2]).toContain("Proposal2 hours");
  expect(rows[3]).toContain("New3 days");
  expect(rows[3]).toContain("Ada King");
});

test("is archived at once, and brought back by Undo", async () => {
  const calls: string[] = [];
  server.use(
    http.delete("/api/deals/{id}", ({ response }) => {
      calls.push("archive");
      return response(200).json({ message: "Done" });
    }),
    http.post("/api/deals/{id}/restore", ({ response }) => {
      calls.push("restore");
      return response(200).json(someDeal(1, { version: 3 }));
    }),
    http.get("/api/deals/board", ({ response }) => response(200).json({ columns: [] })),
  );
  const { user } = renderRoute(path, { permissions });
  await user.click(await screen.findByRole("button", { name: "More actions" }));
  await user.click(await screen.findByRole("menuitem", { name: "Archive" }));
  await user.click(await screen.findByRole("button", { name: "Undo" }));
  await waitFor(() => expect(calls).toEqual(["archive", "restore"]));
});

test("who may only read sees why it is locked", async () => {
  const { user } = renderRoute(path, { permissions: ["deals.deal:read", "deals.pipeline:read"] });
  await screen.findByRole("heading", { level: 1, name: "Deal 1" });
  expect(screen.queryByRole("button", { name: /^Edit/ })).not.toBeInTheDocument();
  const won = await screen.findByRole("button", { name: "Mark as won" });
  expect(won).toHaveAttribute("aria-disabled", "true");
  await user.hover(won);
  expect(await screen.findByText("You may not do this to this deal")).toBeInTheDocument();
});
