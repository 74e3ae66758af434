import { useSuspenseQuery } from "@tanstack/react-query";
import { lazy } from "react";
import { metaQuery } from "@/api/me";
import type { Feature } from "@/lib/feature";

const PlacedViews = lazy(() => import("./placed-views"));

/** Loaded where a plugin has something to show only. */
function Placed({ place, recordId }: { place: string; recordId?: string }) {
  const views = useSuspenseQuery(metaQuery).data.views.filter((view) => view.place === place);
  return views.length > 0 && <PlacedViews views={views} recordId={recordId} />;
}

/** Views of plugins within screens of ours. Those with addresses of their own are found by the router. */
export const pluginViews: Feature = {
  panels: [
    { slot: "customer.panel", Component: (props) => <Placed place="customer.panel" {...props} /> },
    { slot: "dashboard.panel", Component: () => <Placed place="dashboard.panel" /> },
  ],
};
