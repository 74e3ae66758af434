import { Trans, useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router";
import { useMay, useMayRecord } from "@/api/me";
import { CustomRows } from "@/components/custom-fields/custom-rows";
import { FieldList, FieldRow, FieldText } from "@/components/field-list";
import { Person } from "@/components/person";
import { notifyError } from "@/components/problem";
import { RelativeTime } from "@/components/relative-time";
import { TagInput } from "@/components/tag-input";
import { TextFields } from "@/components/text-fields";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { textChange } from "@/components/use-field-saving";
import { UserPicker } from "@/components/user-picker";
import type { Customer } from "../customer";
import { useAssignCustomer, useUpdateCustomer } from "../mutations";
import { customerQuery } from "../queries";
import { useCustomerFieldLabels } from "./use-customer-field-labels";

const textFields = [
  { field: "name", type: "text" },
  { field: "company", type: "text" },
  { field: "emailId", type: "email" },
  { field: "phone", type: "tel" },
] as const;

/** What is known of a customer, each field editable where it stands. */
export function CustomerFields({ customer }: { customer: Customer }) {
  const { t } = useLingui();
  const labels = useCustomerFieldLabels();
  const queryClient = useQueryClient();
  const mayUpdate = useMayRecord("customer", "update", customer.id);
  const mayAssign = useMay("customer:assign");
  const update = useUpdateCustomer();
  const assign = useAssignCustomer();
  const readOnly = customer.isArchived
    ? t`Archived customers cannot be changed`
    : !mayUpdate && t`You may not change this customer`;

  return (
    <Card title={t`Details`}>
      <FieldList>
        <TextFields<(typeof textFields)[number]["field"], Customer>
          subject={customer}
          fields={textFields}
          labels={labels}
          disabledReason={readOnly}
          onSave={(current, field, value) =>
            update.mutateAsync({ customer: current, changes: textChange(field, value) })
          }
          reload={() => queryClient.fetchQuery({ ...customerQuery(customer.id), staleTime: 0 })}
        />
        <FieldRow label={labels.owner}>
          {mayAssign && !readOnly ? (
            <UserPicker
              aria-label={labels.owner}
              value={customer.owner}
              onValueChange={(user) => assign.mutate({ customer, owner: user?.id ?? null })}
            />
          ) : (
            <FieldText>
              <Person user={customer.owner} />
            </FieldText>
          )}
        </FieldRow>
        <FieldRow label={labels.tags}>
          {readOnly ? (
            <FieldText>
              {customer.tags.map((tag) => (
                <Badge key={tag}>{tag}</Badge>
              ))}
            </FieldText>
          ) : (
            <TagInput
              aria-label={labels.tags}
              resource="customer"
              value={customer.tags}
              onValueChange={(tags) =>
                update.mutate({ customer, changes: { tags } }, { onError: notifyError })
              }
            />
          )}
        </FieldRow>
        <CustomRows
          resource="customer"
          subject={customer}
          disabledReason={readOnly}
          onSave={(current, key, value) =>
            update.mutateAsync({ customer: current, changes: { custom: { [key]: value } } })
          }
          reload={() => queryClient.fetchQuery({ ...customerQuery(customer.id), staleTime: 0 })}
        />
        {customer.originLeadId && (
          <FieldRow label={t`Came from`}>
            <FieldText>
              <Link to={`/leads/${customer.originLeadId}`} className="rounded-sm text-accent-text underline">
                <Trans>A lead</Trans>
              </Link>
            </FieldText>
          </FieldRow>
        )}
        <FieldRow label={t`Created`}>
          <FieldText>
            <RelativeTime at={customer.createdAt} />
          </FieldText>
        </FieldRow>
      </FieldList>
    </Card>
  );
}
