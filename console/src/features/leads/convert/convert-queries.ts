import { queryOptions } from "@tanstack/react-query";
import { client, once } from "@/api/client";
import { hasCode, unwrap } from "@/api/errors";
import type { components } from "@/api/schema";
import type { Candidate } from "@/components/duplicates/match-reason";
import type { ConvertChoice } from "@/lib/feature";
import type { Lead } from "../status";

type ConvertLead = components["schemas"]["ConvertLead"];

/** What is asked for, as the API takes it. */
export const convertBody = ({ customerId }: ConvertChoice): ConvertLead =>
  customerId
    ? { customer: { mode: "link", id: customerId } }
    : { customer: { mode: "create" }, onDuplicate: "create" };

const tryOut = (lead: Lead, body: ConvertLead, signal: AbortSignal) =>
  unwrap(
    client.POST("/api/leads/{id}/convert", {
      params: { path: { id: lead.id }, header: once() },
      body: { ...body, dryRun: true },
      signal,
    }),
  );

// Apart from the leads: asking anew after the conversion would only tell that it was done.
const keyOf = ({ id, version }: Lead) => ["convert", id, version];

/** The customers who may be the same as the one that a lead would become. `hidden` counts those one may not see. */
export const candidatesQuery = (lead: Lead) =>
  queryOptions({
    queryKey: [...keyOf(lead), "candidates"],
    queryFn: async ({ signal }) => {
      try {
        await tryOut(lead, {}, signal);
        return { candidates: [], hidden: 0 };
      } catch (error) {
        if (!hasCode(error, "duplicate-candidates") || !hasCandidates(error.body)) throw error;
        return { candidates: error.body.candidates, hidden: error.body.hiddenCandidates };
      }
    },
    staleTime: 0,
  });

/** What would come of converting. Nothing is written. */
export const conversionQuery = (lead: Lead, choice: ConvertChoice) =>
  queryOptions({
    queryKey: [...keyOf(lead), "preview", choice],
    queryFn: ({ signal }) => tryOut(lead, convertBody(choice), signal),
    staleTime: 0,
  });

/** The document does not name these members of the problem. */
function hasCandidates(body: unknown): body is { candidates: Candidate[]; hiddenCandidates: number } {
  return (
    typeof body === "object" &&
    body !== null &&
    "candidates" in body &&
    Array.isArray(body.candidates) &&
    "hiddenCandidates" in body
  );
}
