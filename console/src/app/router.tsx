import type { QueryClient } from "@tanstack/react-query";
import { type RouteObject, redirect } from "react-router";
import { meQuery, metaQuery } from "@/api/me";
import { resumeSession } from "@/stores/auth";
import { Elsewhere } from "./elsewhere";
import { features } from "./features";
import { FullPageSpinner } from "./full-page-spinner";
import { RouteError } from "./route-error";

export function routes(queryClient: QueryClient): RouteObject[] {
  return [
    {
      HydrateFallback: FullPageSpinner,
      ErrorBoundary: RouteError,
      children: [
        ...features.flatMap(({ publicRoutes = [] }) => publicRoutes),
        {
          lazy: () => import("./layout/layout"),
          loader: async ({ request }) => {
            if (!(await resumeSession())) {
              const { pathname, search } = new URL(request.url);
              const next = pathname === "/" ? "" : `?${new URLSearchParams({ next: pathname + search })}`;
              return redirect(`/login${next}`);
            }
            await Promise.all([queryClient.ensureQueryData(meQuery), queryClient.ensureQueryData(metaQuery)]);
            return null;
          },
          shouldRevalidate: () => false,
          children: [
            {
              // Within the layout, so that the navigation stays when a screen fails.
              ErrorBoundary: RouteError,
              children: [
                ...features.flatMap(({ routes = [] }) => routes),
                { path: "*", Component: Elsewhere },
              ],
            },
          ],
        },
      ],
    },
  ];
}
