import { plural } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { client, ifUnchanged, once } from "@/api/client";
import { unwrap } from "@/api/errors";
import type { Candidate } from "@/components/duplicates/match-reason";
import { StatusBadge } from "@/components/leads/status-badge";
import { MergeDialog } from "@/components/merge/merge-dialog";
import type { MergeKind } from "@/components/merge/merge-kind";
import { Person } from "@/components/person";
import { Badge } from "@/components/ui/badge";
import { notify } from "@/stores/toast";
import { useUnmergeLead } from "../mutations";
import { duplicateLeadsQuery, leadKeys, leadQuery } from "../queries";
import { useLeadFieldLabels } from "../record/use-lead-field-labels";
import type { Lead } from "../status";

type Name = (typeof texts)[number] | "assignedAgent";

const texts = ["name", "company", "emailId", "phone", "source"] as const;

/** Makes several leads one. */
export default function MergeLeads({ lead, onClose }: { lead: Lead; onClose: () => void }) {
  return <MergeDialog kind={useLeadMerge(lead)} subject={lead} onClose={onClose} />;
}

const none: Candidate[] = [];

function useLeadMerge(lead: Lead): MergeKind<Lead, Name> {
  const { t } = useLingui();
  const labels = useLeadFieldLabels();
  const queryClient = useQueryClient();
  const unmerge = useUnmergeLead();
  return {
    type: "lead",
    fields: [
      ...texts.map((name) => ({
        name,
        label: labels[name],
        read: ({ [name]: text }: Lead) => (text ? { text, value: text } : null),
      })),
      {
        name: "assignedAgent",
        label: labels.assignedAgent,
        read: ({ assignedAgent }) => assignedAgent && { text: assignedAgent.name, value: assignedAgent.id },
      },
    ],
    candidates: useQuery(duplicateLeadsQuery(lead.id)).data ?? none,
    load: (id) => queryClient.fetchQuery(leadQuery(id)),
    send: async (target, body, signal) => {
      const header = body.dryRun ? once() : ifUnchanged(target);
      const params = { path: { id: target.id }, header };
      return (await unwrap(client.POST("/api/leads/{id}/merge", { params, body, signal }))).lead;
    },
    onMerged: ({ id, name }) => {
      queryClient.invalidateQueries({ queryKey: leadKeys.all });
      queryClient.invalidateQueries({ queryKey: ["tasks"] });
      notify({
        title: t`The leads are merged into ${name}`,
        undo: { label: t`Undo`, run: () => unmerge.mutate(id) },
      });
    },
    rowsOf: (merged) => [
      ...texts.map((name) => ({ label: labels[name], value: merged[name] })),
      { label: labels.status, value: <StatusBadge status={merged.status} /> },
      { label: labels.assignedAgent, value: <Person user={merged.assignedAgent} /> },
      {
        label: labels.tags,
        value: merged.tags.length > 0 && merged.tags.map((tag) => <Badge key={tag}>{tag}</Badge>),
      },
    ],
    texts: {
      add: t`Add another lead`,
      agree: t`They agree in all fields. Tags and tasks are united.`,
      willBe: t`The lead will be`,
      action: (count) => plural(count, { one: "Merge # lead", other: "Merge # leads" }),
    },
  };
}
