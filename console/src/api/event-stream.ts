import { ApiError } from "./errors";

/** One event of a stream, as HTML has them. */
export type StreamEvent = { name: string; id: string | null; data: string };

export type Following = {
  /** Asks for what comes behind the event with this id; without one, for what is new. */
  open: (lastId: string | null, signal: AbortSignal) => Promise<ReadableStream<Uint8Array> | null>;
  /** The id of the last event that was had. */
  lastId: () => string | null;
  onEvent: (event: StreamEvent) => void;
  /** Events may have been missed: there was none behind which to go on. */
  onGap: () => void;
  signal: AbortSignal;
};

/** The server says something every 15 seconds. */
const silence = 40_000;
const longestPause = 30_000;

/** Has events told until the signal ends it, over as many connections as that takes. */
export async function follow({ open, lastId, onEvent, onGap, signal }: Following): Promise<void> {
  let failures = 0;
  let isPlaceGood = true;
  while (!signal.aborted) {
    const from = isPlaceGood ? lastId() : null;
    try {
      const body = await open(from, signal);
      failures = 0;
      isPlaceGood = true;
      if (from === null) onGap();
      if (body) for await (const event of readEvents(body)) onEvent(event);
    } catch (error) {
      const status = error instanceof ApiError ? error.status : 0;
      // Not for this user, or not on this server.
      if (status === 403 || status === 404) return;
      // The place is another database's, or what came behind it is gone.
      isPlaceGood = status !== 400 && status !== 410;
    }
    failures += 1;
    await pause(Math.min(longestPause, 500 * 2 ** failures), signal);
  }
}

async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  try {
    for (;;) {
      const { done, value } = await unlessSilent(reader.read());
      if (done) return;
      const parts = (text + decoder.decode(value, { stream: true })).split("\n\n");
      text = parts.pop() ?? "";
      yield* parts.flatMap((part) => parse(part) ?? []);
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** Comments and what only says how long to wait are no events. */
function parse(part: string): StreamEvent | null {
  const fields = new Map(
    part.split("\n").map((line) => {
      const [name = "", ...rest] = line.split(": ");
      return [name, rest.join(": ")];
    }),
  );
  const data = fields.get("data");
  return data === undefined
    ? null
    : { name: fields.get("event") ?? "message", id: fields.get("id") ?? null, data };
}

/** A connection that breaks without a word is noticed by its silence. */
function unlessSilent<T>(heard: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("Nothing was heard")), silence);
    heard.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** About so long: after the server was away not all come at the same time. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds * (0.5 + Math.random() / 2));
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
