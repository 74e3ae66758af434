import createOpenapiClient from "openapi-fetch";
import type { paths } from "./schema.js";

export type { components, operations, paths } from "./schema.js";

/** A client of the server at an address. The token is an access token or an API key; it is asked for at each request. */
export function createClient(baseUrl: string, token?: () => string | undefined) {
  const client = createOpenapiClient<paths>({ baseUrl });
  client.use({
    onRequest({ request }) {
      const current = token?.();
      if (current) request.headers.set("Authorization", `Bearer ${current}`);
    },
  });
  return client;
}
