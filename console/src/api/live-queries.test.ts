import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useEditing } from "@/stores/editing";
import { createLiveQueries, refreshOld } from "./live-queries";
import { rememberRequest } from "./own-requests";

const ada = "00000000-0000-7000-8000-000000000001";
const ben = "00000000-0000-7000-8000-000000000002";

const queryClient = new QueryClient({ defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY } } });
const figures = { key: "analytics", kinds: ["lead"], pause: 10_000 };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  useEditing.setState({ count: 0 });
  queryClient.clear();
  vi.useRealTimers();
});

/** What is on the screen, and how often each was asked for. */
async function showing(...keys: unknown[][]) {
  const asked = keys.map((queryKey) => {
    const queryFn = vi.fn(async () => ({ rows: [] }));
    new QueryObserver(queryClient, { queryKey, queryFn }).subscribe(() => {});
    return queryFn;
  });
  await vi.advanceTimersByTimeAsync(0);
  const times = () => asked.map(({ mock }) => mock.calls.length - 1);
  const live = createLiveQueries(queryClient, [figures]);
  const changed = (resourceId: string, changes: { resource?: string; requestId?: string } = {}) =>
    live.note({ resource: "lead", requestId: null, resourceId, ...changes });
  return { times, changed };
}

test("asks again for lists and for the record that changed, and for no other", async () => {
  const { times, changed } = await showing(
    ["leads", "list", {}, "-createdAt", 1],
    ["leads", "total", {}],
    ["leads", "record", ada],
    ["leads", "record", ben],
    ["customers", "list", {}],
  );
  changed(ada);
  await vi.advanceTimersByTimeAsync(0);
  expect(times()).toEqual([1, 1, 1, 0, 0]);
});

test("knows kinds of plugins, and who follows several kinds", async () => {
  const { times, changed } = await showing(["deals", "board"], ["plugin", "visits", "list"], ["analytics"]);
  changed(ada, { resource: "deals.deal" });
  changed(ada, { resource: "visits.visit" });
  await vi.advanceTimersByTimeAsync(0);
  expect(times()).toEqual([1, 1, 0]);
  changed(ada);
  await vi.advanceTimersByTimeAsync(0);
  expect(times()).toEqual([1, 1, 1]);
});

test("asks at once, and then once a second however much changes", async () => {
  const { times, changed } = await showing(["leads", "list"], ["analytics"]);
  for (let step = 0; step < 30; step += 1) {
    changed(ada);
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(times()).toEqual([4, 1]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(times()).toEqual([4, 2]);
});

test("the timeline of a customer tells of what happened to others too", async () => {
  const { times, changed } = await showing(["customers", "timeline", ada], ["customers", "record", ada]);
  changed(ben, { resource: "task" });
  await vi.advanceTimersByTimeAsync(0);
  expect(times()).toEqual([1, 0]);
});

test("what this page did itself is asked for when it is opened again, not now", async () => {
  const key = ["leads", "list"];
  const { times, changed } = await showing(key);
  rememberRequest(new Response(null, { headers: { "X-Request-Id": "mine" } }));
  changed(ada, { requestId: "mine" });
  await vi.advanceTimersByTimeAsync(5000);
  expect(times()).toEqual([0]);
  expect(queryClient.getQueryState(key)?.isInvalidated).toBe(true);
});

test("changes nothing beneath somebody who is editing", async () => {
  const { times, changed } = await showing(["leads", "list"]);
  useEditing.setState({ count: 1 });
  changed(ada);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(times()).toEqual([0]);
  useEditing.setState({ count: 0 });
  await vi.advanceTimersByTimeAsync(300);
  expect(times()).toEqual([1]);
});

test("waits for a change of one's own that is on its way", async () => {
  const { times, changed } = await showing(["leads", "list"]);
  let done = () => {};
  const sent = new Promise<void>((resolve) => {
    done = resolve;
  });
  queryClient
    .getMutationCache()
    .build(queryClient, { mutationFn: () => sent })
    .execute(undefined);
  changed(ada);
  await vi.advanceTimersByTimeAsync(2000);
  expect(times()).toEqual([0]);
  done();
  await vi.advanceTimersByTimeAsync(300);
  expect(times()).toEqual([1]);
});

test("a page that is hidden does not ask, but knows that it is old", async () => {
  const key = ["leads", "list"];
  const { times, changed } = await showing(key);
  vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  changed(ada);
  await vi.advanceTimersByTimeAsync(1000);
  expect(times()).toEqual([0]);
  expect(queryClient.getQueryState(key)?.isInvalidated).toBe(true);
});

test("after a gap all is asked again but what is new", async () => {
  const { times } = await showing(["leads", "list"]);
  refreshOld(queryClient);
  await vi.advanceTimersByTimeAsync(0);
  expect(times()).toEqual([0]);
  await vi.advanceTimersByTimeAsync(6000);
  refreshOld(queryClient);
  await vi.advanceTimersByTimeAsync(0);
  expect(times()).toEqual([1]);
});
