import { queryOptions, useQuery } from "@tanstack/react-query";
import { client } from "./client";
import { unwrap } from "./errors";
import type { components } from "./schema";

export type CustomField = components["schemas"]["CustomField"];
export type CustomFieldType = components["schemas"]["CustomFieldType"];
export type CustomFieldResource = components["schemas"]["CustomFieldResource"];
export type CustomLinkType = components["schemas"]["CustomLinkType"];

/** All that may be old when fields are defined otherwise. */
export const customFieldsKey = ["custom-fields"];

/** The fields that the workspace has given to a kind of record, in their order. */
export const customFieldsQuery = (resource: CustomFieldResource, isArchived = false) =>
  queryOptions({
    queryKey: [...customFieldsKey, resource, isArchived],
    queryFn: async ({ signal }) => {
      const query = { resource, ...(isArchived && { isArchived }) };
      return (await unwrap(client.GET("/api/custom-fields", { params: { query }, signal }))).customFields;
    },
  });

/** The fields at hand of a kind of record; none until they are known. */
export const useCustomFields = (resource: CustomFieldResource): readonly CustomField[] =>
  useQuery(customFieldsQuery(resource)).data ?? none;

const none: readonly CustomField[] = [];
