import { msg } from "@lingui/core/macro";
import type { FilterField } from "@/components/filters/filter-field";
import { statusLabels } from "@/components/leads/status-labels";
import { statuses } from "../status";

export const leadFilterFields: readonly FilterField[] = [
  {
    kind: "options",
    name: "status",
    label: msg`Status`,
    options: statuses.map((value) => ({ value, label: statusLabels[value] })),
  },
  { kind: "user", name: "assignedAgent", presence: "hasAgent", label: msg`Agent` },
  { kind: "tag", name: "tag", resource: "lead", label: msg`Tag` },
  { kind: "text", name: "source", label: msg`Source` },
  { kind: "instants", from: "createdFrom", to: "createdTo", label: msg`Created` },
  { kind: "instants", from: "convertedFrom", to: "convertedTo", label: msg`Converted` },
  {
    kind: "options",
    name: "scope",
    label: msg`Whose`,
    isSingle: true,
    options: [
      { value: "own", label: msg`Mine` },
      { value: "team", label: msg`My teams'` },
    ],
  },
  {
    kind: "options",
    name: "isArchived",
    label: msg`Archived`,
    isSingle: true,
    options: [{ value: "true", label: msg`Archived only` }],
  },
];
