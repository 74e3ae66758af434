import type { View } from "@/api/views";
import { setParameter } from "@/lib/list-state";

/** What a view shows, as the URL of the list has it. */
export function viewParameters({ id, filter, sort, columns }: View): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) {
    setParameter(parameters, name, Array.isArray(value) ? value : String(value));
  }
  setParameter(parameters, "sort", sort);
  setParameter(parameters, "columns", columns.join());
  parameters.set("view", id);
  return parameters;
}

/** Whether two lists show the same, whatever the order in which their parameters stand. */
export function isSameList(one: URLSearchParams, other: URLSearchParams): boolean {
  return normal(one) === normal(other);
}

function normal(parameters: URLSearchParams): string {
  const copy = new URLSearchParams([...parameters].sort());
  copy.delete("selected");
  return copy.toString();
}
