import { queryOptions } from "@tanstack/react-query";
import { ApiError } from "./errors";

/** A schema of the API document, as far as lists and forms are drawn from it. */
export type Schema = {
  $ref?: string;
  /** A reference that may be `null` is one of two. */
  anyOf?: Schema[];
  type?: string;
  format?: string;
  title?: string;
  description?: string;
  nullable?: boolean;
  enum?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  minLength?: number;
  maxItems?: number;
  pattern?: string;
};

type Content = { content?: Record<string, { schema: Schema }> };

export type Operation = {
  operationId?: string;
  summary?: string;
  description?: string;
  parameters?: { in: string; name: string; schema: Schema; required?: boolean }[];
  requestBody?: Content;
  responses: Record<string, Content>;
  /** What who calls it must hold. */
  "x-permissions"?: string[];
};

export type ApiDocument = {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
  /** Everything that can happen. */
  "x-events": Record<string, { resource: string; description: string }>;
};

/** What the server can do, of which plugins are a part that this program was built without. Servers may be set not to tell. */
export const documentQuery = queryOptions({
  queryKey: ["document"],
  queryFn: async ({ signal }): Promise<ApiDocument> => {
    const response = await fetch("/api/openapi.json", { signal });
    if (!response.ok) throw new ApiError(response, await response.json().catch(() => null));
    return response.json();
  },
  staleTime: Number.POSITIVE_INFINITY,
});
