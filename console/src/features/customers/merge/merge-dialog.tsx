import { plural } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { client, ifUnchanged, once } from "@/api/client";
import { unwrap } from "@/api/errors";
import type { Candidate } from "@/components/duplicates/match-reason";
import { MergeDialog } from "@/components/merge/merge-dialog";
import type { MergeKind } from "@/components/merge/merge-kind";
import { Person } from "@/components/person";
import { Badge } from "@/components/ui/badge";
import { formatNumber } from "@/lib/format";
import { notify } from "@/stores/toast";
import type { Customer } from "../customer";
import { useUnmergeCustomer } from "../mutations";
import { customerKeys, customerQuery, duplicatesQuery } from "../queries";
import { useCustomerFieldLabels } from "../record/use-customer-field-labels";

type Name = (typeof texts)[number] | "owner";

const texts = ["name", "company", "emailId", "phone"] as const;

/** Makes several customers one. */
export default function MergeCustomers({ customer, onClose }: { customer: Customer; onClose: () => void }) {
  return <MergeDialog kind={useCustomerMerge(customer)} subject={customer} onClose={onClose} />;
}

const none: Candidate[] = [];

function useCustomerMerge(customer: Customer): MergeKind<Customer, Name> {
  const { t } = useLingui();
  const labels = useCustomerFieldLabels();
  const queryClient = useQueryClient();
  const unmerge = useUnmergeCustomer();
  return {
    type: "customer",
    fields: [
      ...texts.map((name) => ({
        name,
        label: labels[name],
        read: ({ [name]: text }: Customer) => (text ? { text, value: text } : null),
      })),
      {
        name: "owner",
        label: labels.owner,
        read: ({ owner }) => owner && { text: owner.name, value: owner.id },
      },
    ],
    candidates: useQuery(duplicatesQuery(customer.id)).data ?? none,
    load: (id) => queryClient.fetchQuery(customerQuery(id)),
    send: async (target, body, signal) => {
      const header = body.dryRun ? once() : ifUnchanged(target);
      const params = { path: { id: target.id }, header };
      return (await unwrap(client.POST("/api/customers/{id}/merge", { params, body, signal }))).customer;
    },
    onMerged: ({ id, name }) => {
      queryClient.invalidateQueries({ queryKey: customerKeys.all });
      for (const key of ["tasks", "deals"]) queryClient.invalidateQueries({ queryKey: [key] });
      notify({
        title: t`The customers are merged into ${name}`,
        undo: { label: t`Undo`, run: () => unmerge.mutate(id) },
      });
    },
    rowsOf: (merged) => [
      ...texts.map((name) => ({ label: labels[name], value: merged[name] })),
      { label: labels.owner, value: <Person user={merged.owner} /> },
      {
        label: labels.tags,
        value: merged.tags.length > 0 && merged.tags.map((tag) => <Badge key={tag}>{tag}</Badge>),
      },
      { label: t`Notes`, value: formatNumber(merged.noteCount) },
    ],
    texts: {
      add: t`Add another customer`,
      agree: t`They agree in all fields. Tags, notes and tasks are united.`,
      willBe: t`The customer will be`,
      action: (count) => plural(count, { one: "Merge # customer", other: "Merge # customers" }),
    },
  };
}
