import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { ChartColumn, Plus, Workflow } from "lucide-react";
import { Link, useLocation } from "react-router";
import { useMay } from "@/api/me";
import { buttonClass } from "@/components/ui/button";
import { Select } from "@/components/ui/select";
import { Tooltip } from "@/components/ui/tooltip";
import { ViewSwitch } from "@/components/view-switch";
import { type ListState, setParameter } from "@/lib/list-state";
import { useMayDeal } from "./may";
import { pipelinesQuery } from "./queries";

/** The ways to look at deals, and to make one: above the list and the board. `here` is the path of the one that is shown. */
export function DealViews({ here }: { here: string }) {
  const { t } = useLingui();
  const mayManage = useMay("deals.pipeline:manage");
  return (
    <>
      <ViewSwitch list="/deals/list" board="/deals" />
      <Link to="/deals/forecast" className={buttonClass()}>
        <ChartColumn size={16} aria-hidden />
        <span className="max-sm:sr-only">
          <Trans>Forecast</Trans>
        </span>
      </Link>
      {mayManage && (
        <Tooltip text={t`Pipelines`}>
          <Link to="/deals/pipelines" aria-label={t`Pipelines`} className={buttonClass({ size: "icon" })}>
            <Workflow size={16} aria-hidden />
          </Link>
        </Tooltip>
      )}
      <NewDealLink here={here} />
    </>
  );
}

export function NewDealLink({ here }: { here: string }) {
  const { search } = useLocation();
  if (!useMayDeal("create")) return null;
  return (
    <Link to={`${here}/new${search}`} className={buttonClass({ variant: "primary" })}>
      <Plus size={16} aria-hidden />
      <Trans>New deal</Trans>
    </Link>
  );
}

type PickerProps = {
  list: ListState<{ pipelineId?: string }, string>;
  /** The pipeline that is shown: the list shows those of all, unless one is chosen. */
  pipelineId: string | null;
  hasAll?: boolean;
};

/** Chooses the pipeline, where there are several. */
export function PipelinePicker({ list, pipelineId, hasAll }: PickerProps) {
  const { t } = useLingui();
  const { data: pipelines = [] } = useQuery(pipelinesQuery);
  if (pipelines.length < 2) return null;
  const options = pipelines.map(({ id, name }) => ({ value: id, label: name }));
  return (
    <Select
      aria-label={t`Pipeline`}
      className="max-w-48"
      options={hasAll ? [{ value: "", label: t`All pipelines` }, ...options] : options}
      value={pipelineId ?? ""}
      onValueChange={(id) =>
        list.change((next) => {
          setParameter(next, "pipelineId", id);
          next.delete("stageId");
        })
      }
    />
  );
}
