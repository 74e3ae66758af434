import type { QueryClient, QueryKey } from "@tanstack/react-query";
import type { Follower } from "@/lib/feature";
import { isEditing } from "@/stores/editing";
import { isOwnRequest } from "./own-requests";
import type { components } from "./schema";

type Event = Pick<components["schemas"]["Event"], "resource" | "resourceId" | "requestId">;

/** Queries that are asked again together, and not sooner than so long after the last time. */
type Lane = { pause: number; isOld: (key: QueryKey, changed: ReadonlySet<string>) => boolean };

/** The keys of queries about records of a kind begin so: those about `deals.deal` with `deals`. */
const keyOf = (kind: string) => `${kind.split(".").at(-1)}s`;

const isId = (part: unknown) => typeof part === "string" && /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(part);

/** A change of one record makes what is about another one no older; whatever lists records may have it in it. */
function isAbout(key: QueryKey, changed: ReadonlySet<string>): boolean {
  const record = key[1] === "list" ? undefined : key.find(isId);
  return typeof record !== "string" || changed.has(record);
}

/** What one may do to a record depends on whose it is. */
const permissions: Lane = {
  pause: 1000,
  isOld: ([root, , , id], changed) => root === "authz" && typeof id === "string" && changed.has(id),
};

/** The timeline of a record tells of others too: of a customer's tasks and deals. */
const timelines: Lane = { pause: 5000, isOld: (key) => key[1] === "timeline" };

/** Has those asked again that something may have happened to since; what was asked for just now is new. */
export function refreshOld(queryClient: QueryClient, queryKey: QueryKey = []): void {
  const recently = Date.now() - 2000;
  queryClient.invalidateQueries({ queryKey, predicate: ({ state }) => state.dataUpdatedAt < recently });
}

/** Has queries asked again when the records that they are about have changed. */
export function createLiveQueries(queryClient: QueryClient, followers: readonly Follower[]) {
  const lanes = new Map<string, ReturnType<typeof createRunner>>();
  const runner = (name: string, lane: Lane) => {
    const found = lanes.get(name) ?? createRunner(queryClient, lane);
    lanes.set(name, found);
    return found;
  };

  return {
    note: ({ resource, resourceId, requestId }: Event) => {
      const root = keyOf(resource);
      const plugin = resource.includes(".") ? resource.split(".")[0] : null;
      const concerned = [
        runner(resource, {
          pause: 1000,
          isOld: (key, changed) =>
            (key[0] === root || (key[0] === "plugin" && key[1] === plugin)) && isAbout(key, changed),
        }),
        runner("authz", permissions),
        runner("timeline", timelines),
        ...followers
          .filter(({ kinds }) => kinds.includes(resource))
          .map(({ key, pause }) => runner(`follower ${key}`, { pause, isOld: ([first]) => first === key })),
      ];
      for (const { note } of concerned) note(resourceId, isOwnRequest(requestId));
    },
    stop: () => {
      for (const { stop } of lanes.values()) stop();
    },
  };
}

function createRunner(queryClient: QueryClient, { pause, isOld }: Lane) {
  const changed = new Set<string>();
  let lastRun = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const age = (ids: ReadonlySet<string>, refetchType: "active" | "none") =>
    queryClient.invalidateQueries({ predicate: ({ queryKey }) => isOld(queryKey, ids), refetchType });

  const run = () => {
    timer = undefined;
    // An answer that was asked for before a change of one's own would take it back for a moment.
    if (isEditing() || queryClient.isMutating() > 0) return wait(250);
    lastRun = Date.now();
    // A page that is hidden asks once it is looked at.
    age(changed, document.hidden ? "none" : "active");
    changed.clear();
  };
  const wait = (milliseconds: number) => {
    timer ??= setTimeout(run, milliseconds);
  };

  return {
    note: (id: string, isOwn: boolean) => {
      if (isOwn) return age(new Set([id]), "none");
      changed.add(id);
      wait(Math.max(0, lastRun + pause - Date.now()));
    },
    stop: () => clearTimeout(timer),
  };
}
