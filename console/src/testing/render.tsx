import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { createMemoryRouter, RouterProvider } from "react-router";
import { createQueryClient } from "@/api/query";
import { routes } from "@/app/router";
import { notifyError } from "@/components/problem";
import { useAuth } from "@/stores/auth";
import { someUser } from "./data";
import { layoutAnswers, type Meta } from "./handlers";
import { server } from "./server";

type Options = {
  permissions?: string[];
  signedIn?: boolean;
  /** What the server says of itself and its plugins. */
  meta?: Partial<Meta>;
};

/** Opens an address of the console, signed in as somebody who may do everything, or what is said. */
export function renderRoute(path: string, { permissions, signedIn = true, meta }: Options = {}) {
  if (signedIn) {
    useAuth.getState().setAuth({ user: someUser, token: "token-1" });
    server.use(...layoutAnswers(permissions, meta));
  }
  const queryClient = createQueryClient(notifyError);
  queryClient.setDefaultOptions({ queries: { ...queryClient.getDefaultOptions().queries, retry: false } });
  const router = createMemoryRouter(routes(queryClient), { initialEntries: [path] });
  render(
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </I18nProvider>,
  );
  return { router, queryClient, user: userEvent.setup() };
}
