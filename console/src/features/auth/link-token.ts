/** The secret of a link, which stands behind the `#`, where no server and no log sees it. */
export function linkToken(): string {
  return new URLSearchParams(window.location.hash.slice(1)).get("token") ?? "";
}
