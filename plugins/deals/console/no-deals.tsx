import { Trans, useLingui } from "@lingui/react/macro";
import { Handshake } from "lucide-react";
import { EmptyState } from "@/components/empty-state";
import { Button } from "@/components/ui/button";
import type { ListState } from "@/lib/list-state";
import { type DealFilter, dealFilter } from "./queries";
import { NewDealLink } from "./views";

/** Stands where the deals of a list or a board would be. Which pipeline is shown does not narrow them. */
export function NoDeals({ list, here }: { list: ListState<DealFilter, string>; here: string }) {
  const { t } = useLingui();
  const { pipelineId: _, ...filter } = list.filter;
  if (Object.keys(filter).length === 0) {
    return (
      <EmptyState icon={Handshake} title={t`No deals yet`} actions={<NewDealLink here={here} />}>
        <Trans>A deal is what a customer may buy. It goes through the stages of a pipeline.</Trans>
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={Handshake}
      title={t`No deal is like this`}
      actions={
        <Button onClick={() => list.change(clear)}>
          <Trans>Clear filters</Trans>
        </Button>
      }
    />
  );
}

function clear(parameters: URLSearchParams) {
  for (const name of Object.keys(dealFilter)) if (name !== "pipelineId") parameters.delete(name);
}
