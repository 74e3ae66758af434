import { client, once } from "@/api/client";
import { unwrap } from "@/api/errors";
import type { components } from "@/api/schema";
import { nestCustom } from "@/components/custom-fields/nest-custom";
import type { GridSelection } from "@/components/data-grid/selection";
import { useBulk } from "@/components/use-bulk";
import type { UpdateLead } from "../mutations";
import { type LeadFilter, leadKeys } from "../queries";

type FilterLeads = components["schemas"]["FilterLeads"];

/** The document demands all members that hold lists. */
const none = { status: [], notAgent: [], notSource: [], custom: {} };

export function useBulkLeads(selection: GridSelection, filter: LeadFilter) {
  return useBulk<UpdateLead, FilterLeads>({
    send: (body) => unwrap(client.POST("/api/leads/bulk", { params: { header: once() }, body })),
    queryKey: leadKeys.all,
    selection,
    filter: { ...none, ...nestCustom(filter) },
  });
}
