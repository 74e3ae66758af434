import { useLingui } from "@lingui/react/macro";
import type { QueryKey } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useMay } from "@/api/me";
import { Board } from "@/components/board/board";
import { buttonOfCard } from "@/components/board/board-data";
import { useLoadMore } from "@/components/board/use-load-more";
import { statusLabels } from "@/components/leads/status-labels";
import { notifyError } from "@/components/problem";
import type { ListState } from "@/lib/list-state";
import { hrefOfLead, nameOfLead } from "../list/columns";
import type { LeadFilter, LeadSort } from "../queries";
import { type Lead, nextStatuses, statuses } from "../status";
import { type LeadColumn, loadMoreLeads } from "./board-query";
import { LeadCard } from "./lead-card";
import { useMoveLead } from "./use-move-lead";

const UnqualifyDialog = lazy(() => import("../unqualify-dialog"));
const ConvertDialog = lazy(() => import("../convert/convert-dialog"));

type Props = {
  columns: readonly LeadColumn[];
  list: ListState<LeadFilter, LeadSort>;
  /** Of the query that the columns are the data of. */
  queryKey: QueryKey;
};

/** The columns of the statuses, and what becomes of a lead that is moved. */
export function StatusBoard({ columns, list: { filter, sort, selected }, queryKey }: Props) {
  const { t, i18n } = useLingui();
  const mayMove = useMay("lead:update");
  const mayConvert = useMay("lead:convert");
  const more = useLoadMore(queryKey, (column: LeadColumn) => loadMoreLeads(column, filter, sort));
  const [asking, setAsking] = useState<{ lead: Lead; for: "Unqualified" | "Converted" } | null>(null);
  const [said, setSaid] = useState("");
  const move = useMoveLead({
    onMoved: ({ name, status }) => setSaid(t`${name} is in ${i18n._(statusLabels[status])}`),
    onFailed: (error, { name, status }) => {
      setSaid(t`${name} was not moved, and is in ${i18n._(statusLabels[status])} again`);
      notifyError(error);
    },
  });

  const refusal = (lead: Lead, columnId: string) => {
    if (columnId === "Converted") {
      if (lead.status === "Unqualified") return t`Not from this status`;
      return !mayConvert && t`You may not convert leads`;
    }
    return !nextStatuses[lead.status].some((status) => status === columnId) && t`Not from this status`;
  };
  const onMove = (lead: Lead, { columnId }: { columnId: string }) => {
    const status = statuses.find((known) => known === columnId);
    if (!status || refusal(lead, status)) return;
    if (status === "Unqualified" || status === "Converted") setAsking({ lead, for: status });
    else move.mutate({ lead, changes: { status } });
  };
  const close = () => setAsking(null);
  const finalFocus = () => asking && buttonOfCard(asking.lead.id);

  return (
    <>
      <Board<Lead, LeadColumn>
        label={t`Leads by status`}
        columns={columns}
        nameOfColumn={({ id }) => i18n._(statusLabels[id])}
        nameOf={nameOfLead}
        hrefOf={hrefOfLead}
        renderCard={(lead) => <LeadCard lead={lead} />}
        isMovable={({ isArchived, status }) => mayMove && !isArchived && status !== "Converted"}
        refusal={refusal}
        onMove={onMove}
        onMore={more.load}
        moreState={more.stateOf}
        markedId={selected}
        said={said}
      />
      <Suspense>
        {asking?.for === "Unqualified" && (
          <UnqualifyDialog
            finalFocus={finalFocus}
            onClose={close}
            onConfirm={(reason) => {
              close();
              move.mutate({ lead: asking.lead, changes: { status: "Unqualified", ...reason } });
            }}
          />
        )}
        {asking?.for === "Converted" && (
          <ConvertDialog lead={asking.lead} finalFocus={finalFocus} onClose={close} onConverted={close} />
        )}
      </Suspense>
    </>
  );
}
