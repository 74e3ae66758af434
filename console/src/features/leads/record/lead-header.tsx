import { msg } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { ArchiveRestore, Repeat } from "lucide-react";
import { lazy, Suspense, useRef, useState } from "react";
import { useLocation, useNavigate } from "react-router";
import { useMayRecord } from "@/api/me";
import { Neighbours } from "@/components/data-grid/neighbours";
import { useNeighbours } from "@/components/data-grid/use-neighbours";
import { StatusBadge } from "@/components/leads/status-badge";
import { statusLabels } from "@/components/leads/status-labels";
import { PageHeader } from "@/components/page-header";
import { Panels } from "@/components/panels";
import { notifyError } from "@/components/problem";
import { GuardedButton } from "@/components/ui/guarded-button";
import { useHotkey } from "@/lib/hotkeys";
import { hrefOfLead } from "../list/columns";
import { useArchiveLead, useRestoreLead, useUpdateLead } from "../mutations";
import { leadsOf } from "../queries";
import { type Lead, type LeadStatus, nextStatuses } from "../status";
import { LeadMenu } from "./lead-menu";

const UnqualifyDialog = lazy(() => import("../unqualify-dialog"));
const ConvertDialog = lazy(() => import("../convert/convert-dialog"));
const MergeDialog = lazy(() => import("../merge/merge-dialog"));

const archiveLabel = msg`Archive`;
const statusLabel = msg`Change the status`;

/** Who it is, where it stands, where it may go next, and what else can be done to it. */
export function LeadHeader({ lead }: { lead: Lead }) {
  const { t, i18n } = useLingui();
  const navigate = useNavigate();
  const [asking, setAsking] = useState<"unqualify" | "convert" | "merge" | null>(null);
  const update = useUpdateLead();
  const archive = useArchiveLead();
  const restore = useRestoreLead();
  const denied = t`You may not do this to this lead`;
  const mayUpdate = useMayRecord("lead", "update", lead.id);
  const mayConvert = useMayRecord("lead", "convert", lead.id);
  const mayDelete = useMayRecord("lead", "delete", lead.id);

  const neighbours = useNeighbours(leadsOf, hrefOfLead);
  const isFirst = useLocation().key === "default";
  const leave = () => (isFirst ? navigate("/leads") : navigate(-1));

  const putAway = () => archive.mutate(lead, { onSuccess: leave });
  const moves = useRef<HTMLFieldSetElement>(null);
  useHotkey("s", statusLabel, () => moves.current?.querySelector("button")?.focus(), !lead.isArchived);
  useHotkey("#", archiveLabel, putAway, mayDelete && !lead.isArchived);

  const isOpen = !lead.isArchived && lead.status !== "Unqualified" && lead.status !== "Converted";
  const setStatus = (changes: Parameters<typeof update.mutate>[0]["changes"]) =>
    update.mutate({ lead, changes }, { onError: notifyError });
  const moveTo = (status: LeadStatus) =>
    status === "Unqualified" ? setAsking("unqualify") : setStatus({ status });

  return (
    <>
      <PageHeader
        title={lead.name}
        aside={<StatusBadge status={lead.status} />}
        actions={
          <>
            {!lead.isArchived && nextStatuses[lead.status].length > 0 && (
              <fieldset ref={moves} className="flex flex-wrap items-center gap-1.5">
                <legend className="float-start me-2 text-sm text-text-muted">
                  <Trans>Move to</Trans>
                </legend>
                {nextStatuses[lead.status].map((status) => (
                  <GuardedButton
                    key={status}
                    size="small"
                    disabledReason={!mayUpdate && denied}
                    onClick={() => moveTo(status)}
                  >
                    {i18n._(statusLabels[status])}
                  </GuardedButton>
                ))}
              </fieldset>
            )}
            {isOpen && (
              <GuardedButton
                size="small"
                variant="primary"
                disabledReason={!mayConvert && denied}
                icon={<Repeat size={14} aria-hidden />}
                onClick={() => setAsking("convert")}
              >
                <Trans>Convert</Trans>
              </GuardedButton>
            )}
            {!lead.isArchived && nextStatuses[lead.status].length > 0 && (
              <Panels slot="lead.action" recordId={lead.id} />
            )}
            {lead.isArchived && !lead.mergedInto && (
              <GuardedButton
                size="small"
                pending={restore.isPending}
                disabledReason={!mayDelete && denied}
                icon={<ArchiveRestore size={14} aria-hidden />}
                onClick={() => restore.mutate(lead.id)}
              >
                <Trans>Restore</Trans>
              </GuardedButton>
            )}
            {!lead.isArchived && (
              <LeadMenu lead={lead} onMerge={() => setAsking("merge")} onArchive={putAway} />
            )}
          </>
        }
      >
        <Neighbours neighbours={neighbours} to="/leads" label={t`Leads`} />
        {lead.company && <span>· {lead.company}</span>}
      </PageHeader>
      <Suspense>
        {asking === "unqualify" && (
          <UnqualifyDialog
            onClose={() => setAsking(null)}
            onConfirm={(reason) => {
              setAsking(null);
              setStatus({ status: "Unqualified", ...reason });
            }}
          />
        )}
        {asking === "merge" && <MergeDialog lead={lead} onClose={() => setAsking(null)} />}
        {asking === "convert" && (
          <ConvertDialog
            lead={lead}
            onClose={() => setAsking(null)}
            onConverted={({ customer }) => navigate(`/customers/${customer.id}`)}
          />
        )}
      </Suspense>
    </>
  );
}
