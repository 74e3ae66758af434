import { CSPProvider } from "@base-ui/react/csp-provider";
import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { QueryClientProvider } from "@tanstack/react-query";
import { createBrowserRouter, RouterProvider } from "react-router";
import { createQueryClient } from "@/api/query";
import { notifyError } from "@/components/problem";
import { reportError } from "./report-error";
import { routes } from "./router";

const queryClient = createQueryClient(notifyError);
const router = createBrowserRouter(routes(queryClient));

window.addEventListener("unhandledrejection", ({ reason }) => reportError(reason));

export function App() {
  return (
    // The content policy lets no style elements in; base.css has what they would hold.
    <CSPProvider disableStyleElements>
      <I18nProvider i18n={i18n}>
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </I18nProvider>
    </CSPProvider>
  );
}
