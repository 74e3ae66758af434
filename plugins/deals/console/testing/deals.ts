import type { components } from "@/api/schema";
import { someCustomer } from "@/testing/customers";
import { someUser } from "@/testing/data";
import { http, server } from "@/testing/server";

type Schemas = components["schemas"];

const at = "2026-03-01T09:30:00.000Z";
const stageId = (number: number) => `00000000-0000-7000-8000-5${String(number).padStart(11, "0")}`;

function stage(number: number, name: string, kind: Schemas["DealsStageKind"], probability: number) {
  return { id: stageId(number), name, kind, probability, staleAfterDays: null };
}

export const stages = {
  fresh: stage(1, "New", "open", 10),
  proposal: stage(2, "Proposal", "open", 50),
  won: stage(3, "Won", "won", 100),
  lost: stage(4, "Lost", "lost", 0),
};

export const pipeline: Schemas["DealsPipeline"] = {
  id: stageId(100),
  name: "Sales",
  stages: Object.values(stages),
  version: 1,
  createdAt: at,
  updatedAt: at,
};

export const dealPermissions = [
  "deals.deal:read",
  "deals.deal:create",
  "deals.deal:update",
  "deals.deal:delete",
  "deals.deal:assign",
  "deals.pipeline:read",
  "deals.pipeline:manage",
  "customer:read",
  "user:read",
];

export function someDeal(number: number, changes: Partial<Schemas["DealsDeal"]> = {}): Schemas["DealsDeal"] {
  const { id, name, kind } = stages.fresh;
  return {
    id: `00000000-0000-7000-8000-4${String(number).padStart(11, "0")}`,
    name: `Deal ${number}`,
    customer: { id: someCustomer(1).id, name: someCustomer(1).name },
    pipelineId: pipeline.id,
    stage: { id, name, kind },
    stageSince: at,
    staleAt: null,
    amount: { amount: 100_000, currency: "EUR" },
    probability: 10,
    probabilityOverride: null,
    expectedCloseDate: null,
    owner: null,
    lostReason: null,
    closedAt: null,
    isArchived: false,
    version: 1,
    createdBy: someUser.id,
    createdAt: at,
    updatedAt: at,
    ...changes,
  };
}

export function dealPage(
  deals: Schemas["DealsDeal"][],
  nextCursor: string | null = null,
): Schemas["DealsDealList"] {
  return {
    deals,
    totalDeals: deals.length,
    totalIsCapped: false,
    page: 1,
    totalPages: Math.ceil(deals.length / 100),
    nextCursor,
  };
}

/** A board whose first column has these cards, and as many as are said. */
export function dealBoard(deals: Schemas["DealsDeal"][], totalDeals = deals.length): Schemas["DealsBoard"] {
  const sum = { currency: "EUR", amount: totalDeals * 100_000, weighted: 0, deals: totalDeals };
  return {
    columns: pipeline.stages.map((column, index) => ({
      stage: column,
      deals: index === 0 ? deals : [],
      sums: index === 0 && totalDeals > 0 ? [sum] : [],
      totalDeals: index === 0 ? totalDeals : 0,
      totalIsCapped: false,
    })),
  };
}

/** Answers what most screens of deals ask besides deals. */
export function answerAroundDeals() {
  server.use(
    http.get("/api/deals/pipelines", ({ response }) => response(200).json({ pipelines: [pipeline] })),
    http.get("/api/users", ({ response }) =>
      response(200).json({ users: [], page: 1, totalPages: 0, totalUsers: 0 }),
    ),
    http.get("/api/search", ({ response }) =>
      response(200).json({
        hits: [
          {
            type: "customer",
            id: someCustomer(1).id,
            name: someCustomer(1).name,
            context: "Engines",
            score: 1,
            match: "exact",
            matched: ["name"],
          },
        ],
        isComplete: true,
      }),
    ),
  );
}
