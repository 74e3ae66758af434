import { msg } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { type ComponentProps, useRef } from "react";
import { CurrencyPicker } from "@/components/currency-picker";
import { FieldList, FieldRow, FieldText } from "@/components/field-list";
import { Person } from "@/components/person";
import { notifyError } from "@/components/problem";
import { RelativeTime } from "@/components/relative-time";
import { TextFields } from "@/components/text-fields";
import { Card } from "@/components/ui/card";
import { UserPicker } from "@/components/user-picker";
import { amountText, parseAmount } from "@/lib/amount";
import { useHotkey } from "@/lib/hotkeys";
import type { Deal } from "../deal";
import { useMayDeal, useMayThisDeal } from "../may";
import { useUpdateDeal } from "../mutations";
import { dealQuery } from "../queries";
import { CustomerField } from "./customer-field";
import {
  changesOf,
  type DealTexts,
  dateFields,
  dealTexts,
  mainFields,
  outlookFields,
  type TextName,
} from "./text-fields";
import { useDealFieldLabels } from "./use-deal-field-labels";

const editFields = msg`Edit the fields`;

/** What is known of a deal, each field editable where it stands. */
export function DealFields({ deal }: { deal: Deal }) {
  const { t } = useLingui();
  const labels = useDealFieldLabels();
  const queryClient = useQueryClient();
  const mayUpdate = useMayThisDeal("update", deal.id);
  const mayAssign = useMayDeal("assign");
  const update = useUpdateDeal();
  const list = useRef<HTMLDListElement>(null);
  useHotkey("e", editFields, () => list.current?.querySelector("button")?.click());
  const { amount, owner, lostReason, closedAt, createdAt } = deal;
  const readOnly = deal.isArchived
    ? t`Archived deals cannot be changed`
    : !mayUpdate && t`You may not change this deal`;
  const save = (changes: Parameters<typeof update.mutate>[0]["changes"]) =>
    update.mutate({ deal, changes }, { onError: notifyError });

  const texts: Omit<ComponentProps<typeof TextFields<TextName, DealTexts>>, "fields"> = {
    subject: dealTexts(deal),
    labels,
    disabledReason: readOnly,
    onSave: (current, field, value) =>
      update.mutateAsync({ deal: current.deal, changes: changesOf(current.deal, field, value) }),
    reload: async () => dealTexts(await queryClient.fetchQuery({ ...dealQuery(deal.id), staleTime: 0 })),
  };

  return (
    <Card title={t`Details`}>
      <FieldList ref={list}>
        <TextFields {...texts} fields={mainFields} />
        {amount && !readOnly && (
          <FieldRow label={t`Currency`}>
            <CurrencyPicker
              value={amount.currency}
              onValueChange={(currency) => {
                const converted = parseAmount(amountText(amount), currency) ?? amount.amount;
                save({ amount: { amount: converted, currency } });
              }}
            />
          </FieldRow>
        )}
        <TextFields {...texts} fields={deal.stage.kind === "open" ? outlookFields : dateFields} />
        <CustomerField
          deal={deal}
          isReadOnly={Boolean(readOnly)}
          onChange={(customerId) => save({ customerId })}
        />
        <FieldRow label={labels.owner}>
          {mayAssign && !readOnly ? (
            <UserPicker
              aria-label={labels.owner}
              value={owner}
              onValueChange={(user) => save({ owner: user?.id ?? null })}
            />
          ) : (
            <FieldText>
              <Person user={owner} />
            </FieldText>
          )}
        </FieldRow>
        {lostReason && (
          <FieldRow label={labels.lostReason}>
            <FieldText>
              <span className="break-words">{lostReason}</span>
            </FieldText>
          </FieldRow>
        )}
        {closedAt && (
          <FieldRow label={t`Closed`}>
            <FieldText>
              <RelativeTime at={closedAt} />
            </FieldText>
          </FieldRow>
        )}
        <FieldRow label={t`Created`}>
          <FieldText>
            <RelativeTime at={createdAt} />
          </FieldText>
        </FieldRow>
      </FieldList>
    </Card>
  );
}
