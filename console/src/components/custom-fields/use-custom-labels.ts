import { type CustomFieldResource, useCustomFields } from "@/api/custom-fields";
import { labelOfOption } from "./custom-text";

/** What people call custom fields and their options, as the log of changes names them. */
export function useCustomLabels(resource: CustomFieldResource) {
  const fields = useCustomFields(resource);
  return {
    labels: Object.fromEntries(fields.map(({ key, label }) => [`custom.${key}`, label])),
    nameOfOption: (name: string, value: string) => {
      const field = fields.find(({ key }) => `custom.${key}` === name);
      return field?.options ? labelOfOption(field, value) : undefined;
    },
  };
}
