import createClient from "openapi-fetch";
import { signedInAgain, useAuth } from "@/stores/auth";
import { rememberRequest } from "./own-requests";
import type { paths } from "./schema";

/**
 * Sends the token. When it has run out, renews it and sends the request once more; when the session is over, the
 * request waits until somebody has signed in again, so that no work is lost.
 */
export async function authorizedFetch(request: Request): Promise<Response> {
  const again = request.clone();
  const { token, expired, refreshToken } = useAuth.getState();
  const response = await send(request, expired ? await signedInAgain() : token);
  if (response.status !== 401) return response;
  const current = useAuth.getState().token;
  const renewed = current && current !== token ? current : await refreshToken();
  return send(again, renewed ?? (await signedInAgain()));
}

async function send(request: Request, token: string | null): Promise<Response> {
  if (token) request.headers.set("Authorization", `Bearer ${token}`);
  if (!request.headers.has("Idempotency-Key")) return fetch(request);
  const again = request.clone();
  // Whether an answer was lost on the way cannot be known; its key makes it safe to ask again.
  return fetch(request).catch(() => fetch(again));
}

export const client = createClient<paths>({ baseUrl: window.location.origin, fetch: authorizedFetch });

client.use({
  onResponse: ({ request, response }) => {
    if (request.method !== "GET") rememberRequest(response);
  },
});

/** Header of a change: it is done once, however often it is sent. */
export function once() {
  return { "Idempotency-Key": crypto.randomUUID() };
}

/** Header of a change to a record: only if nobody changed what the user sees. */
export function ifMatch({ version }: { version: number }) {
  return { "If-Match": `"${version}"` };
}

/** Headers of a change to a record: done once, and only if nobody changed what the user sees. */
export function ifUnchanged(record: { version: number }) {
  return { ...once(), ...ifMatch(record) };
}
