import { msg } from "@lingui/core/macro";
import type { FilterField } from "@/components/filters/filter-field";

export const activityFilterFields: readonly FilterField[] = [
  {
    kind: "options",
    name: "resource",
    label: msg`Record`,
    isSingle: true,
    options: [
      { value: "lead", label: msg`Leads` },
      { value: "customer", label: msg`Customers` },
      { value: "task", label: msg`Tasks` },
      { value: "user", label: msg`Users` },
      { value: "team", label: msg`Teams` },
      { value: "role", label: msg`Roles` },
      { value: "view", label: msg`Views` },
    ],
  },
  {
    kind: "options",
    name: "action",
    label: msg`Act`,
    isSingle: true,
    options: [
      { value: "lead.created", label: msg`Lead created` },
      { value: "lead.edited", label: msg`Lead changed` },
      { value: "lead.assigned", label: msg`Lead assigned` },
      { value: "lead.converted", label: msg`Lead converted` },
      { value: "lead.archived", label: msg`Lead archived` },
      { value: "lead.exported", label: msg`Leads exported` },
      { value: "lead.imported", label: msg`Leads imported` },
      { value: "customer.created", label: msg`Customer created` },
      { value: "customer.edited", label: msg`Customer changed` },
      { value: "customer.note-added", label: msg`Note written` },
      { value: "customer.merged", label: msg`Customers merged` },
      { value: "customer.archived", label: msg`Customer archived` },
      { value: "customer.exported", label: msg`Customers exported` },
      { value: "customer.imported", label: msg`Customers imported` },
      { value: "task.created", label: msg`Task created` },
      { value: "task.edited", label: msg`Task changed` },
      { value: "session.started", label: msg`Signed in` },
      { value: "user.sign-in-failed", label: msg`Failed to sign in` },
      { value: "role.edited", label: msg`Role changed` },
    ],
  },
  { kind: "user", name: "actor", label: msg`Who` },
  { kind: "instants", from: "from", to: "to", label: msg`When` },
];
