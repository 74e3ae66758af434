import { useQuery } from "@tanstack/react-query";
import { client } from "./client";
import { unwrap } from "./errors";

/** The name of a customer, where only the id is known. */
export function useCustomerName(id: string | null): string {
  const { data } = useQuery({
    queryKey: ["customers", "record", id],
    queryFn: ({ signal }) =>
      unwrap(client.GET("/api/customers/{id}", { params: { path: { id: id ?? "" } }, signal })),
    enabled: id !== null,
  });
  return data?.name ?? "…";
}
