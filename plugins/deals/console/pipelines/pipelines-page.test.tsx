import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { someProblem } from "@/testing/data";
import { renderRoute } from "@/testing/render";
import { http, server } from "@/testing/server";
import { answerAroundDeals, dealPermissions, pipeline, someDeal, stages } from "../testing/deals";

const permissions = dealPermissions;
const inUse = { ...someProblem("refused", 409), reason: "deals.in-use" };

beforeEach(() => answerAroundDeals());

async function openPipeline() {
  const opened = renderRoute("/deals/pipelines", { permissions });
  await opened.user.click(await screen.findByRole("button", { name: "Change Sales" }));
  const dialog = await screen.findByRole("dialog", { name: "Change the pipeline" });
  const stage = (name: string) => within(within(dialog).getByRole("group", { name }));
  return { ...opened, dialog, stage, save: within(dialog).getByRole("button", { name: "Save" }) };
}

test("adds, renames and orders stages, and sends all of them", async () => {
  const sent: unknown[] = [];
  server.use(
    http.patch("/api/deals/pipelines/{id}", async ({ request, response }) => {
      sent.push(request.headers.get("If-Match"), await request.json());
      return response(200).json({ ...pipeline, version: 2 });
    }),
  );
  const { user, dialog, stage, save } = await openPipeline();
  await user.click(within(dialog).getByRole("button", { name: "Add a stage" }));
  await user.click(save);
  expect(await stage("Stage 3").findByText("Name is required")).toBeInTheDocument();
  expect(stage("Stage 3").getByText("0 to 100")).toBeInTheDocument();
  await user.type(stage("Stage 3").getByRole("textbox", { name: "Name" }), "Pilot");
  await user.type(stage("Pilot").getByRole("textbox", { name: "Probability" }), "70");
  await user.type(stage("Pilot").getByRole("textbox", { name: "Stale after days" }), "14");
  await user.click(within(dialog).getByRole("button", { name: "Move Pilot up" }));
  await user.clear(stage("New").getByRole("textbox", { name: "Name" }));
  await user.type(stage("Stage 1").getByRole("textbox", { name: "Name" }), "Fresh");
  await user.click(save);
  await waitFor(() => expect(dialog).not.toBeInTheDocument());
  expect(sent).toEqual([
    '"1"',
    {
      name: "Sales",
      stages: [
        { id: stages.fresh.id, name: "Fresh", kind: "open", probability: 10 },
        { name: "Pilot", kind: "open", probability: 70, staleAfterDays: 14 },
        { id: stages.proposal.id, name: "Proposal", kind: "open", probability: 50 },
        { id: stages.won.id, name: "Won", kind: "won" },
        { id: stages.lost.id, name: "Lost", kind: "lost" },
      ],
    },
  ]);
});

test("asks where the deals go of a stage that is taken away", async () => {
  const sent: { moveTo?: string | null }[] = [];
  server.use(
    http.patch("/api/deals/pipelines/{id}", async ({ request, response }) => {
      const body = await request.json();
      sent.push(body);
      return body.moveTo
        ? response(200).json({ ...pipeline, version: 2 })
        : response.untyped(Response.json(inUse, { status: 409 }));
    }),
  );
  const { user, dialog, save } = await openPipeline();
  await user.click(within(dialog).getByRole("button", { name: "Take Proposal away" }));
  await user.click(save);
  expect(await within(dialog).findByText(/There are deals in a stage/)).toBeInTheDocument();
  await user.click(within(dialog).getByRole("combobox", { name: "Its deals go to" }));
  await user.click(await screen.findByRole("option", { name: "New" }));
  await user.click(save);
  await waitFor(() => expect(dialog).not.toBeInTheDocument());
  expect(sent.map(({ moveTo }) => moveTo)).toEqual([undefined, stages.fresh.id]);
});

test("shows at the stage what the server refuses", async () => {
  server.use(
    http.patch("/api/deals/pipelines/{id}", ({ response }) =>
      response(400).json(
        someProblem("validation-failed", 400, {
          errors: [{ pointer: "#/stages/1/name", parameter: null, code: "taken", message: "is there twice" }],
        }),
      ),
    ),
  );
  const { user, stage, save } = await openPipeline();
  await user.click(save);
  expect(await stage("Proposal").findByText("is there twice")).toBeInTheDocument();
});

test("the last pipeline stays; another one is deleted, and its deals go elsewhere", async () => {
  const first = renderRoute("/deals/pipelines", { permissions });
  expect(await screen.findByRole("button", { name: "Delete Sales" })).toHaveAttribute(
    "aria-disabled",
    "true",
  );
  first.router.dispose();

  const second = { ...pipeline, id: someDeal(9).id, name: "Renewals" };
  const asked: (string | null)[] = [];
  server.use(
    http.get("/api/deals/pipelines", ({ response }) => response(200).json({ pipelines: [pipeline, second] })),
    http.delete("/api/deals/pipelines/{id}", ({ query, response }) => {
      asked.push(query.get("moveTo"));
      return query.get("moveTo")
        ? response(200).json({ message: "Done" })
        : response.untyped(Response.json(inUse, { status: 409 }));
    }),
  );
  await first.queryClient.invalidateQueries();
  await first.user.click(await screen.findByRole("button", { name: "Delete Renewals" }));
  const dialog = await screen.findByRole("dialog", { name: "Delete Renewals?" });
  await first.user.click(within(dialog).getByRole("button", { name: "Delete" }));
  expect(await within(dialog).findByRole("alert")).toHaveTextContent("It holds deals");
  await first.user.click(within(dialog).getByRole("combobox", { name: "Its deals go to" }));
  await first.user.click(await screen.findByRole("option", { name: "Sales" }));
  await first.user.click(within(dialog).getByRole("button", { name: "Delete" }));
  await waitFor(() => expect(asked).toEqual([null, pipeline.id]));
});

test("who may not manage pipelines sees why", async () => {
  const { user } = renderRoute("/deals/pipelines", { permissions: ["deals.pipeline:read"] });
  const change = await screen.findByRole("button", { name: "Change Sales" });
  expect(change).toHaveAttribute("aria-disabled", "true");
  await user.hover(change);
  expect(await screen.findByText("You may not change pipelines")).toBeInTheDocument();
});
