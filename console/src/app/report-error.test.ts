import { afterEach, beforeEach, expect, test, vi } from "vitest";

const { startSentry, capture } = vi.hoisted(() => ({ startSentry: vi.fn(), capture: vi.fn() }));

vi.mock("./sentry", () => ({ startSentry: startSentry.mockReturnValue(capture) }));

const dsn = "https://key@errors.example.org/1";

/** As a page does it that has this head. */
async function load(head: string) {
  document.head.innerHTML = head;
  vi.resetModules();
  return (await import("./report-error")).reportError;
}

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  document.head.innerHTML = "";
  startSentry.mockClear();
  capture.mockClear();
});

test("without a DSN in the page nothing is started, and errors are in the browser's log only", async () => {
  const reportError = await load("");
  const error = new Error("Unexpected");
  await reportError(error);
  expect(startSentry).not.toHaveBeenCalled();
  expect(console.error).toHaveBeenCalledWith(error);
});

test("with a DSN in the page errors are told to whom it names", async () => {
  const reportError = await load(`<meta name="sentry-dsn" content="${dsn}">`);
  const error = new Error("Unexpected");
  await reportError(error);
  expect(startSentry).toHaveBeenCalledExactlyOnceWith(dsn);
  expect(capture).toHaveBeenCalledExactlyOnceWith(error);
});

test("a DSN that is empty is none", async () => {
  const reportError = await load('<meta name="sentry-dsn" content="">');
  await reportError(new Error("Unexpected"));
  expect(startSentry).not.toHaveBeenCalled();
});
