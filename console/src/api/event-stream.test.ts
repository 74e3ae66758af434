import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { someStream } from "@/testing/event-source";
import { ApiError } from "./errors";
import { follow, type StreamEvent } from "./event-stream";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

type Answer = ReturnType<typeof someStream> | number;

/** Follows a server that answers so, one after the other. */
function following(...answers: Answer[]) {
  const asked: (string | null)[] = [];
  const told: StreamEvent[] = [];
  const onGap = vi.fn();
  const stop = new AbortController();
  const ended = follow({
    open: async (from) => {
      asked.push(from);
      const answer = answers[asked.length - 1];
      if (typeof answer === "number") throw new ApiError(new Response(null, { status: answer }), null);
      return answer ? answer.body : new Promise(() => {});
    },
    lastId: () => told.findLast(({ id }) => id)?.id ?? null,
    onEvent: (event) => told.push(event),
    onGap,
    signal: stop.signal,
  });
  return { asked, told, onGap, stop, ended };
}

const settled = () => vi.advanceTimersByTimeAsync(0);

test("puts events together however they are cut, and passes over comments", async () => {
  const stream = someStream();
  const { told } = following(stream);
  await settled();
  stream.say("retry: 2000\n\nid: a:");
  stream.say(' 1\nevent: event\ndata: {"name": "Zoé: ');
  stream.say('ok"}\n\n: beat\n\ndata: 2\n\n');
  await settled();
  expect(told).toEqual([
    { name: "event", id: "a: 1", data: '{"name": "Zoé: ok"}' },
    { name: "message", id: null, data: "2" },
  ]);
});

test("goes on behind what it was told when the connection ends", async () => {
  const [first, second] = [someStream(), someStream()];
  const { asked, told, onGap } = following(first, second);
  await settled();
  first.say("id: 1\nevent: event\ndata: 1\n\nevent: event\ndata: 2\n\n");
  await settled();
  first.end();
  await vi.advanceTimersByTimeAsync(1000);
  second.say("id: 3\nevent: event\ndata: 3\n\n");
  await settled();
  expect(asked).toEqual([null, "1"]);
  expect(told.map(({ data }) => data)).toEqual(["1", "2", "3"]);
  // Only where there was nothing to go on behind.
  expect(onGap).toHaveBeenCalledTimes(1);
});

test("waits longer and longer while the server is away", async () => {
  // Each pause is the longest that it may be.
  vi.spyOn(Math, "random").mockReturnValue(1);
  const { asked } = following(503, 503, 503, 503);
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked.length).toBe(2);
  await vi.advanceTimersByTimeAsync(2000);
  expect(asked.length).toBe(3);
  await vi.advanceTimersByTimeAsync(1900);
  expect(asked.length).toBe(3);
  await vi.advanceTimersByTimeAsync(2100);
  expect(asked.length).toBe(4);
});

test("begins anew, and says so, where its place is gone", async () => {
  const [first, last] = [someStream(), someStream()];
  const { asked, onGap } = following(first, 410, last);
  await settled();
  first.say("id: 1\ndata: 1\n\n");
  first.end();
  await vi.advanceTimersByTimeAsync(5000);
  expect(asked).toEqual([null, "1", null]);
  expect(onGap).toHaveBeenCalledTimes(2);
});

test("connects again when nothing is heard for long", async () => {
  const { asked } = following(someStream(), someStream());
  await vi.advanceTimersByTimeAsync(39_000);
  expect(asked.length).toBe(1);
  await vi.advanceTimersByTimeAsync(2500);
  expect(asked.length).toBe(2);
});

test.each([403, 404])("gives up at %i", async (status) => {
  const { asked, ended } = following(status);
  await ended;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked.length).toBe(1);
});

test("stops when it is told to", async () => {
  const { asked, stop, ended } = following(503);
  await settled();
  stop.abort();
  await ended;
  expect(asked.length).toBe(1);
});
