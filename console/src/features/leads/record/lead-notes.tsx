import { Trans, useLingui } from "@lingui/react/macro";
import { Undo2 } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { useCustomerName } from "@/api/customers";
import { useMay } from "@/api/me";
import { GuardedButton } from "@/components/ui/guarded-button";
import { useUnconvert } from "../convert/use-convert";
import type { Lead } from "../status";

/** Says what became of a lead that is not worked on any more, and how to bring it back. */
export function LeadNotes({ lead }: { lead: Lead }) {
  const { isArchived, mergedInto, convertedCustomerId } = lead;
  if (convertedCustomerId) return <ConvertedNote lead={lead} customerId={convertedCustomerId} />;
  if (!isArchived) return null;
  return (
    <Note>
      {mergedInto ? (
        <Trans>
          This lead was merged into{" "}
          <Link to={`/leads/${mergedInto}`} className="font-medium underline">
            another one
          </Link>
          .
        </Trans>
      ) : (
        <Trans>This lead is archived. Restore it to change it.</Trans>
      )}
    </Note>
  );
}

function ConvertedNote({ lead, customerId }: { lead: Lead; customerId: string }) {
  const { t } = useLingui();
  const name = useCustomerName(customerId);
  const mayUndo = useMay("lead:manage");
  const unconvert = useUnconvert();
  return (
    <Note
      action={
        <GuardedButton
          size="small"
          pending={unconvert.isPending}
          disabledReason={!mayUndo && t`Only who manages leads may undo this`}
          icon={<Undo2 size={14} aria-hidden />}
          onClick={() => unconvert.mutate({ id: lead.id })}
        >
          <Trans>Undo the conversion</Trans>
        </GuardedButton>
      }
    >
      <Trans>
        This lead became the customer{" "}
        <Link to={`/customers/${customerId}`} className="font-medium underline">
          {name}
        </Link>
        .
      </Trans>
    </Note>
  );
}

function Note({ action, children }: { action?: ReactNode; children: ReactNode }) {
  return (
    <div className="mx-4 mb-4 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md bg-amber-soft px-3 py-2 text-amber-on-soft sm:mx-6">
      <p className="min-w-0 grow">{children}</p>
      {action}
    </div>
  );
}
