import type { ApiDocument } from "@/api/document";

type Event = { name: string; description: string };
export type EventGroup = { resource: string; events: Event[] };

/** Everything that can happen, by the kind of record that it happens to; only what is called so or says so. */
export function eventGroups(events: ApiDocument["x-events"], search: string): EventGroup[] {
  const wanted = search.trim().toLowerCase();
  const groups = new Map<string, Event[]>();
  for (const [name, { resource, description }] of Object.entries(events)) {
    if (!`${name} ${description}`.toLowerCase().includes(wanted)) continue;
    const group = groups.get(resource);
    if (group) group.push({ name, description });
    else groups.set(resource, [{ name, description }]);
  }
  return [...groups].map(([resource, found]) => ({ resource, events: found }));
}
