import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { someProblem, someUser } from "@/testing/data";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";
import { answerAroundDeals, dealBoard, dealPage, dealPermissions, someDeal, stages } from "../testing/deals";

const permissions = dealPermissions;
const column = (name: string) => screen.findByRole("region", { name });
const namesIn = async (name: string) =>
  within(await column(name))
    .queryAllByRole("link")
    .map((link) => link.textContent);

let asked: URL[] = [];

function answerBoard(board = dealBoard([someDeal(1), someDeal(2)])) {
  server.use(
    http.get("/api/deals/board", ({ request, response }) => {
      asked.push(new URL(request.url));
      return response(200).json(board);
    }),
  );
}

beforeEach(() => {
  asked = [];
  answerAroundDeals();
  answerBoard();
});

async function moveByMenu(user: ReturnType<typeof renderRoute>["user"], card: string, to: string) {
  await user.click(await screen.findByRole("button", { name: `Move ${card}` }));
  await user.click(await screen.findByRole("menuitem", { name: to }));
}

test("shows the stages with what is in them, by one request", async () => {
  renderRoute("/deals", { permissions });
  const first = await column("New");
  expect(within(first).getByText("€2,000")).toBeInTheDocument();
  expect(await namesIn("New")).toEqual(["Deal 1", "Deal 2"]);
  expect(within(await column("Proposal")).getByText("Nothing here")).toBeInTheDocument();
  expect(asked).toHaveLength(1);
});

test("moves a card at once and by one request, and says so", async () => {
  const sent: unknown[] = [];
  server.use(
    http.post("/api/deals/{id}/move", async ({ request, response }) => {
      sent.push(request.headers.get("If-Match"), await request.json());
      return response(200).json(someDeal(1, { stage: stages.proposal, version: 2 }));
    }),
  );
  const { user } = renderRoute("/deals", { permissions });
  await moveByMenu(user, "Deal 1", "Proposal");
  await waitFor(async () => expect(await namesIn("Proposal")).toEqual(["Deal 1"]));
  expect(await namesIn("New")).toEqual(["Deal 2"]);
  // The card that stays, and the sum.
  expect(within(await column("New")).getAllByText("€1,000")).toHaveLength(2);
  expect(await screen.findByText("Deal 1 is in Proposal")).toHaveAttribute("role", "status");
  expect(sent).toEqual(['"1"', { stageId: stages.proposal.id }]);
  expect(asked).toHaveLength(1);
});

test("sends the place among the others, and the next move for the version that the first one made", async () => {
  const sent: unknown[] = [];
  server.use(
    http.post("/api/deals/{id}/move", async ({ request, response }) => {
      sent.push(request.headers.get("If-Match"), await request.json());
      return response(200).json(someDeal(2, { version: 7 }));
    }),
  );
  const { user } = renderRoute("/deals", { permissions });
  await moveByMenu(user, "Deal 2", "Up");
  await waitFor(async () => expect(await namesIn("New")).toEqual(["Deal 2", "Deal 1"]));
  await moveByMenu(user, "Deal 2", "Down");
  await waitFor(() => expect(sent).toHaveLength(4));
  expect(sent).toEqual([
    '"1"',
    { stageId: stages.fresh.id, beforeId: someDeal(1).id },
    '"7"',
    { stageId: stages.fresh.id, afterId: someDeal(1).id },
  ]);
  await waitFor(async () => expect(await namesIn("New")).toEqual(["Deal 1", "Deal 2"]));
});

test("puts a card back where it was when the move is refused, and says why", async () => {
  server.use(
    http.post("/api/deals/{id}/move", ({ response }) => response(403).json(someProblem("forbidden", 403))),
  );
  const { user } = renderRoute("/deals", { permissions });
  await moveByMenu(user, "Deal 2", "Proposal");
  expect(await screen.findByText("Deal 2 was not moved, and is in New again")).toBeInTheDocument();
  expect(await namesIn("New")).toEqual(["Deal 1", "Deal 2"]);
  expect(await namesIn("Proposal")).toEqual([]);
  expect((await screen.findAllByText("You may not do this"))[0]).toBeInTheDocument();
});

test("asks for the reason before a deal is lost, and moves nothing when that is cancelled", async () => {
  const sent: unknown[] = [];
  server.use(
    http.post("/api/deals/{id}/move", async ({ request, response }) => {
      sent.push(await request.json());
      return response(200).json(someDeal(1, { stage: stages.lost, lostReason: "Too dear", version: 2 }));
    }),
  );
  const { user } = renderRoute("/deals", { permissions });
  await moveByMenu(user, "Deal 1", "Lost");
  const dialog = await screen.findByRole("dialog", { name: "Why is it lost?" });
  await user.click(within(dialog).getByRole("button", { name: "Cancel" }));
  expect(await namesIn("New")).toEqual(["Deal 1", "Deal 2"]);
  expect(sent).toEqual([]);

  await moveByMenu(user, "Deal 1", "Lost");
  await user.type(await screen.findByRole("textbox", { name: /Reason/ }), " Too dear ");
  await user.click(screen.getByRole("button", { name: "Mark as lost" }));
  await waitFor(async () => expect(await namesIn("Lost")).toEqual(["Deal 1"]));
  await waitFor(() => expect(sent).toEqual([{ stageId: stages.lost.id, lostReason: "Too dear" }]));
});

test("loads more cards, each of them once", async () => {
  answerBoard(dealBoard([someDeal(1), someDeal(2)], 3));
  server.use(
    http.get("/api/deals", ({ request, response }) => {
      asked.push(new URL(request.url));
      return response(200).json(dealPage([someDeal(2), someDeal(3)]));
    }),
  );
  const { user } = renderRoute("/deals", { permissions });
  await user.click(await screen.findByRole("button", { name: "Show more" }));
  await waitFor(async () => expect(await namesIn("New")).toEqual(["Deal 1", "Deal 2", "Deal 3"]));
  expect(screen.queryByRole("button", { name: "Show more" })).not.toBeInTheDocument();
  expect(Object.fromEntries(asked[1]?.searchParams ?? [])).toEqual({
    stageId: stages.fresh.id,
    sort: "rank",
    limit: "50",
  });
});

test("asks a list for each stage when the board cannot be narrowed so", async () => {
  server.use(
    http.get("/api/deals", ({ request, response }) => {
      asked.push(new URL(request.url));
      return response(200).json(dealPage([]));
    }),
  );
  const { user, router } = renderRoute("/deals?search=big&kind=open", { permissions });
  expect(await screen.findByText("No deal is like this")).toBeInTheDocument();
  expect(asked.map((url) => url.searchParams.get("stageId"))).toEqual([stages.fresh.id, stages.proposal.id]);
  expect(asked[0]?.searchParams.get("search")).toBe("big");
  await user.click(screen.getByRole("button", { name: "Clear filters" }));
  expect(await namesIn("New")).toEqual(["Deal 1", "Deal 2"]);
  expect(router.state.location.search).toBe("");
});

test("marks what is stale, and what should have been closed", async () => {
  answerBoard(
    dealBoard([
      someDeal(1, { staleAt: "2026-03-10T00:00:00.000Z", expectedCloseDate: "2026-03-05", owner: someUser }),
    ]),
  );
  renderRoute("/deals", { permissions });
  expect(await screen.findByText(/^Stale: /)).toBeInTheDocument();
  expect(screen.getByText("Overdue since")).toBeInTheDocument();
  expect(screen.getByText("Owner: Ada King")).toBeInTheDocument();
});

test("says what to do when there are no deals", async () => {
  answerBoard(dealBoard([]));
  renderRoute("/deals", { permissions });
  expect(await screen.findByText("No deals yet")).toBeInTheDocument();
});

test("offers to try again when the board fails", async () => {
  server.use(
    http.get("/api/deals/board", ({ response }) =>
      response("default").json(someProblem("internal-error", 500), { status: 500 }),
    ),
  );
  const { user } = renderRoute("/deals", { permissions });
  expect(await screen.findByRole("alert")).toHaveTextContent("Something went wrong");
  answerBoard();
  await user.click(screen.getByRole("button", { name: "Retry" }));
  expect(await namesIn("New")).toEqual(["Deal 1", "Deal 2"]);
});

test("who may only read sees the cards, but cannot move them", async () => {
  renderRoute("/deals", { permissions: ["deals.deal:read", "deals.pipeline:read"] });
  await column("New");
  expect(screen.queryByRole("button", { name: "Move Deal 1" })).not.toBeInTheDocument();
  expect(screen.queryByRole("link", { name: "New deal" })).not.toBeInTheDocument();
});
