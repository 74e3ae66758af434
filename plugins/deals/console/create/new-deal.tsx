import { useQuery } from "@tanstack/react-query";
import { useLocation, useNavigate, useSearchParams } from "react-router";
import { useCustomerName } from "@/api/customers";
import { hrefOfDeal } from "../deal";
import { pipelinesQuery } from "../queries";
import DealDialog from "./deal-dialog";

/** Makes a deal over the board or the list, with what they are narrowed to. */
export function Component() {
  const navigate = useNavigate();
  const { search } = useLocation();
  const [parameters] = useSearchParams();
  const customerId = parameters.get("customerId");
  const customerName = useCustomerName(customerId);
  const { data: pipelines } = useQuery(pipelinesQuery);
  const shown = pipelines?.find(({ id }) => id === parameters.get("pipelineId"));
  const first = shown?.stages.find(({ kind }) => kind === "open");
  if (!pipelines || (customerId && customerName === "…")) return null;
  return (
    <DealDialog
      customer={customerId ? { type: "customer", id: customerId, name: customerName } : null}
      stageId={first?.id ?? null}
      onClose={() => navigate({ pathname: "..", search }, { relative: "path" })}
      onMade={(deal) => navigate(hrefOfDeal(deal), { replace: true })}
    />
  );
}
