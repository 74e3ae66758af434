import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { client } from "@/api/client";
import { unwrap } from "@/api/errors";
import { recordPath } from "@/lib/record-path";

/** A record of the core, of which a plugin knows the id, by its name. */
export function RecordName({ type, id, isLink }: { type: string; id: string; isLink?: boolean }) {
  const to = recordPath(type, id);
  const name = useRecordName(type, id);
  return isLink && to ? (
    <Link to={to} className="truncate underline">
      {name}
    </Link>
  ) : (
    <span className="truncate">{name}</span>
  );
}

/** What a record is called; nothing is asked for an empty id. */
export function useRecordName(type: string, id: string): string {
  const { data, isError } = useQuery({
    queryKey: [`${type}s`, "name", id],
    queryFn: ({ signal }) => nameOf(type, id, signal),
    enabled: id !== "",
  });
  return data ?? (isError ? id : "…");
}

async function nameOf(type: string, id: string, signal: AbortSignal): Promise<string> {
  const asked = { params: { path: { id } }, signal };
  switch (type) {
    case "lead":
      return (await unwrap(client.GET("/api/leads/{id}", asked))).name;
    case "customer":
      return (await unwrap(client.GET("/api/customers/{id}", asked))).name;
    case "user":
      return (await unwrap(client.GET("/api/users/{id}", asked))).name;
    default:
      return (await unwrap(client.GET("/api/tasks/{id}", asked))).title;
  }
}
