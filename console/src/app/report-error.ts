const dsn = document.querySelector<HTMLMetaElement>('meta[name="sentry-dsn"]')?.content;

/** Loaded only where the operator has asked for it, by a meta element of the page. */
const report = dsn ? import("./sentry").then(({ startSentry }) => startSentry(dsn)) : undefined;

/** Tells of an error that nobody expected. */
export async function reportError(error: unknown): Promise<void> {
  console.error(error);
  (await report)?.(error);
}
