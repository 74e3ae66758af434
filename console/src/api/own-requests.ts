/** The changes that this page asked for last, by the ids that the server gave to the requests. */
const ids: string[] = [];

/** What a page did itself it shows already when the server tells of it. */
export const isOwnRequest = (id: string | null) => id !== null && ids.includes(id);

export function rememberRequest({ headers }: Response): void {
  const id = headers.get("X-Request-Id");
  if (id) ids.push(id);
  if (ids.length > 100) ids.shift();
}
