import { useQuery } from "@tanstack/react-query";
import { client } from "./client";
import { unwrap } from "./errors";
import type { components } from "./schema";

type RecordType = components["schemas"]["CustomLinkType"];

async function load(type: RecordType, id: string): Promise<string> {
  const params = { path: { id } };
  switch (type) {
    case "lead":
      return (await unwrap(client.GET("/api/leads/{id}", { params }))).name;
    case "customer":
      return (await unwrap(client.GET("/api/customers/{id}", { params }))).name;
    case "task":
      return (await unwrap(client.GET("/api/tasks/{id}", { params }))).title;
    case "user":
      return (await unwrap(client.GET("/api/users/{id}", { params }))).name;
  }
}

/** What a record is called, of which only the id is known; `null` when one may not see it, or it is gone. */
export function useRecordName(type: RecordType, id: string | null): string | null {
  const { data, isError } = useQuery({
    queryKey: ["record-name", type, id],
    queryFn: () => load(type, id ?? ""),
    enabled: id !== null,
  });
  return isError ? null : (data ?? "…");
}
