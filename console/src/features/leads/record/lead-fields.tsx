import { msg } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { useMay, useMayRecord } from "@/api/me";
import { CustomRows } from "@/components/custom-fields/custom-rows";
import { FieldList, FieldRow, FieldText } from "@/components/field-list";
import { reasonLabels } from "@/components/leads/status-labels";
import { Person } from "@/components/person";
import { notifyError } from "@/components/problem";
import { RelativeTime } from "@/components/relative-time";
import { TagInput } from "@/components/tag-input";
import { TextFields } from "@/components/text-fields";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { textChange } from "@/components/use-field-saving";
import { UserPicker } from "@/components/user-picker";
import { useHotkey } from "@/lib/hotkeys";
import { useAssignLead, useUpdateLead } from "../mutations";
import { leadQuery } from "../queries";
import type { Lead } from "../status";
import { useLeadFieldLabels } from "./use-lead-field-labels";

const editFields = msg`Edit the fields`;
const assignAgent = msg`Assign`;

const textFields = [
  { field: "name", type: "text" },
  { field: "emailId", type: "email" },
  { field: "phone", type: "tel" },
  { field: "company", type: "text" },
  { field: "source", type: "text" },
] as const;

/** What is known of a lead, each field editable where it stands. */
export function LeadFields({ lead }: { lead: Lead }) {
  const { t, i18n } = useLingui();
  const labels = useLeadFieldLabels();
  const queryClient = useQueryClient();
  const mayUpdate = useMayRecord("lead", "update", lead.id);
  const mayAssign = useMay("lead:assign");
  const update = useUpdateLead();
  const assign = useAssignLead();
  const list = useRef<HTMLDListElement>(null);
  const agent = useRef<HTMLDivElement>(null);
  useHotkey("e", editFields, () => list.current?.querySelector("button")?.click());
  useHotkey("a", assignAgent, () => agent.current?.querySelector("input")?.focus(), mayAssign);
  const readOnly = lead.isArchived
    ? t`Archived leads cannot be changed`
    : !mayUpdate && t`You may not change this lead`;

  return (
    <Card title={t`Details`}>
      <FieldList ref={list}>
        <TextFields
          subject={lead}
          fields={textFields}
          labels={labels}
          disabledReason={readOnly}
          onSave={(current, field, value) =>
            update.mutateAsync({ lead: current, changes: textChange(field, value) })
          }
          reload={() => queryClient.fetchQuery({ ...leadQuery(lead.id), staleTime: 0 })}
        />
        <FieldRow label={labels.assignedAgent}>
          {mayAssign && !readOnly ? (
            <div ref={agent}>
              <UserPicker
                aria-label={labels.assignedAgent}
                value={lead.assignedAgent}
                onValueChange={(user) => assign.mutate({ lead, agent: user?.id ?? null })}
              />
            </div>
          ) : (
            <FieldText>
              <Person user={lead.assignedAgent} />
            </FieldText>
          )}
        </FieldRow>
        <FieldRow label={labels.tags}>
          {readOnly ? (
            <FieldText>
              {lead.tags.map((tag) => (
                <Badge key={tag}>{tag}</Badge>
              ))}
            </FieldText>
          ) : (
            <TagInput
              aria-label={labels.tags}
              resource="lead"
              value={lead.tags}
              onValueChange={(tags) => update.mutate({ lead, changes: { tags } }, { onError: notifyError })}
            />
          )}
        </FieldRow>
        {lead.unqualifiedReason && (
          <FieldRow label={labels.unqualifiedReason}>
            <FieldText>
              {i18n._(reasonLabels[lead.unqualifiedReason])}
              {lead.unqualifiedNote && (
                <span className="basis-full text-text-muted">{lead.unqualifiedNote}</span>
              )}
            </FieldText>
          </FieldRow>
        )}
        <CustomRows
          resource="lead"
          subject={lead}
          disabledReason={readOnly}
          onSave={(current, key, value) =>
            update.mutateAsync({ lead: current, changes: { custom: { [key]: value } } })
          }
          reload={() => queryClient.fetchQuery({ ...leadQuery(lead.id), staleTime: 0 })}
        />
        <FieldRow label={t`Created`}>
          <FieldText>
            <RelativeTime at={lead.createdAt} />
          </FieldText>
        </FieldRow>
      </FieldList>
    </Card>
  );
}
