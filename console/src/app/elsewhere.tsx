import { useSuspenseQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { useLocation } from "react-router";
import { metaQuery } from "@/api/me";
import { NotFound } from "./not-found";

const PluginView = lazy(() => import("@/features/plugin-views/plugin-view"));

/** Every address that no screen of this program has: a view of a plugin, or nothing. */
export function Elsewhere() {
  const { views } = useSuspenseQuery(metaQuery).data;
  const { pathname } = useLocation();
  const [view] = views
    .filter(({ place }) => pathname === place || pathname.startsWith(`${place}/`))
    .toSorted((one, other) => other.place.length - one.place.length);
  if (!view) return <NotFound />;
  const rest = pathname.slice(view.place.length).split("/").filter(Boolean);
  return (
    <Suspense>
      <PluginView key={view.place} view={view} rest={rest} />
    </Suspense>
  );
}
