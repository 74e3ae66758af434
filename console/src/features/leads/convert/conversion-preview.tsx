import { Trans, useLingui } from "@lingui/react/macro";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { clsx } from "clsx";
import { FormError } from "@/components/form-error";
import { Person } from "@/components/person";
import { describeProblem } from "@/components/problem";
import { RecordPreview } from "@/components/record-preview";
import { Badge } from "@/components/ui/badge";
import { Skeleton } from "@/components/ui/skeleton";
import type { ConvertChoice } from "@/lib/feature";
import type { Lead } from "../status";
import { conversionQuery } from "./convert-queries";

/** What converting would come to, tried out on the server. */
export function ConversionPreview({ lead, choice }: { lead: Lead; choice: ConvertChoice }) {
  const { t } = useLingui();
  const query = useQuery({ ...conversionQuery(lead, choice), placeholderData: keepPreviousData });
  if (query.isError) return <FormError>{describeProblem(query.error).title}</FormError>;
  if (!query.data) return <Skeleton className="h-40 w-full" />;
  const { customer } = query.data;
  return (
    <div aria-busy={query.isPlaceholderData} className={clsx(query.isPlaceholderData && "opacity-60")}>
      <RecordPreview
        title={t`What will happen`}
        rows={[
          { label: t`Name`, value: customer.name },
          { label: t`Company`, value: customer.company },
          { label: t`Email`, value: customer.emailId },
          { label: t`Phone`, value: customer.phone },
          { label: t`Owner`, value: <Person user={customer.owner} /> },
          {
            label: t`Tags`,
            value: customer.tags.length > 0 && customer.tags.map((tag) => <Badge key={tag}>{tag}</Badge>),
          },
        ]}
      >
        <p className="mb-2">
          {choice.customerId ? (
            <Trans>The lead becomes this customer, who gets from it what they lack:</Trans>
          ) : (
            <Trans>The lead becomes a new customer:</Trans>
          )}
        </p>
      </RecordPreview>
    </div>
  );
}
