import { Trans, useLingui } from "@lingui/react/macro";
import { Plus, UserRound } from "lucide-react";
import { Link, useLocation } from "react-router";
import { useMay } from "@/api/me";
import { EmptyState } from "@/components/empty-state";
import { Button, buttonClass } from "@/components/ui/button";
import { clearFilter, type ListState } from "@/lib/list-state";
import { type LeadFilter, leadFilter } from "../queries";

/** Opens the form over the list or the board. */
export function NewLeadLink({ here }: { here: string }) {
  const { search } = useLocation();
  if (!useMay("lead:create")) return null;
  return (
    <Link to={`${here}/new${search}`} className={buttonClass({ variant: "primary" })}>
      <Plus size={16} aria-hidden />
      <Trans>New lead</Trans>
    </Link>
  );
}

/** Stands where the leads of a list or a board would be. */
export function NoLeads({ list, here }: { list: ListState<LeadFilter, string>; here: string }) {
  const { t } = useLingui();
  if (Object.keys(list.filter).length > 0) {
    return (
      <EmptyState
        icon={UserRound}
        title={t`No lead is like this`}
        actions={
          <Button onClick={() => list.change(clear)}>
            <Trans>Clear filters</Trans>
          </Button>
        }
      />
    );
  }
  return (
    <EmptyState icon={UserRound} title={t`No leads yet`} actions={<NewLeadLink here={here} />}>
      <Trans>A lead is a person or company who may become a customer.</Trans>
    </EmptyState>
  );
}

const clear = (parameters: URLSearchParams) => clearFilter(leadFilter, parameters);
