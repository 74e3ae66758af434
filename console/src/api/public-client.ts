import createClient from "openapi-fetch";
import type { paths } from "./schema";

/** For what is done before signing in: sends no token, and never tries to renew one. */
export const publicClient = createClient<paths>({
  baseUrl: window.location.origin,
  fetch: (request) => fetch(request),
});
