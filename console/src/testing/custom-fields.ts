import type { components } from "@/api/schema";
import { someUser } from "./data";
import { http, server } from "./server";

type CustomField = components["schemas"]["CustomField"];

export function someField(number: number, changes: Partial<CustomField> = {}): CustomField {
  return {
    id: `00000000-0000-7000-8000-9${String(number).padStart(11, "0")}`,
    resource: "lead",
    key: `field${number}`,
    label: `Field ${number}`,
    type: "text",
    isRequired: false,
    position: number,
    maxLength: null,
    decimals: null,
    min: null,
    max: null,
    currencies: null,
    options: null,
    targets: null,
    isArchived: false,
    indexState: "ready",
    version: 1,
    createdAt: someUser.createdAt,
    updatedAt: someUser.updatedAt,
    ...changes,
  };
}

export const tierField = someField(1, {
  key: "tier",
  label: "Tier",
  type: "select",
  options: [
    { value: "gold", label: "Gold", isArchived: false },
    { value: "tin", label: "Tin", isArchived: true },
  ],
});

/** Answers which custom fields there are. */
export function answerFields(fields: CustomField[]) {
  server.use(
    http.get("/api/custom-fields", ({ query, response }) =>
      response(200).json({
        customFields: fields.filter(
          ({ resource, isArchived }) =>
            resource === query.get("resource") && isArchived === (query.get("isArchived") === "true"),
        ),
      }),
    ),
  );
}
