import { BrowserClient, defaultStackParser, makeFetchTransport, Scope } from "@sentry/react";

/** A client by itself, of which the rest of the package is no part: it is a third of the size of `init`. */
export function startSentry(dsn: string): (error: unknown) => void {
  const client = new BrowserClient({
    dsn,
    transport: makeFetchTransport,
    stackParser: defaultStackParser,
    integrations: [],
  });
  const scope = new Scope();
  scope.setClient(client);
  client.init();
  return (error) => scope.captureException(error);
}
