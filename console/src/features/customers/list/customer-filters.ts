import { msg } from "@lingui/core/macro";
import type { FilterField } from "@/components/filters/filter-field";

export const customerFilterFields: readonly FilterField[] = [
  { kind: "user", name: "owner", presence: "hasOwner", label: msg`Owner` },
  { kind: "tag", name: "tag", resource: "customer", label: msg`Tag` },
  { kind: "instants", from: "createdFrom", to: "createdTo", label: msg`Created` },
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
