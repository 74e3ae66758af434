import { useLingui } from "@lingui/react/macro";
import { type CustomFieldResource, useCustomFields } from "@/api/custom-fields";
import { amountProblem } from "@/lib/amount";
import type { Value } from "./custom-value";
import { type Drafts, readDraft } from "./draft";

type SetError = (name: `custom.${string}`, error: { message: string }) => void;

/** The custom fields of a form that keeps what is typed as `custom`. */
export function useCustomForm(resource: CustomFieldResource) {
  const { t } = useLingui();
  const fields = useCustomFields(resource);
  return {
    fields,
    /** What the server may point to. */
    names: fields.map(({ key }): `custom.${string}` => `custom.${key}`),
    /** What was typed, as the server takes it; `null` when something makes no sense, which is said there. */
    read: (drafts: Drafts, setError: SetError): Record<string, Value | null> | null => {
      let isWrong = false;
      const values: Record<string, Value | null> = {};
      for (const field of fields.filter(({ key }) => key in drafts)) {
        const value = readDraft(field, drafts[field.key]);
        if (value === undefined) {
          isWrong = true;
          setError(`custom.${field.key}`, {
            message: field.type === "money" ? amountProblem() : t`This is not a number`,
          });
        } else values[field.key] = value;
      }
      return isWrong ? null : values;
    },
  };
}
