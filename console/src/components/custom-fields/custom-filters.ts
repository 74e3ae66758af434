import { msg } from "@lingui/core/macro";
import { useMemo } from "react";
import type { CustomField } from "@/api/custom-fields";
import type { FilterField } from "../filters/filter-field";

/** What a list is narrowed by, custom fields behind the others. */
export function useCustomFilters(
  filters: readonly FilterField[],
  fields: readonly CustomField[],
): readonly FilterField[] {
  return useMemo(() => [...filters, ...fields.flatMap(filterOf)], [filters, fields]);
}

const yesOrNo = [
  { value: "true", label: msg`Yes` },
  { value: "false", label: msg`No` },
];

function filterOf({ key, label, type, options, currencies }: CustomField): FilterField[] {
  const name = `custom.${key}`;
  const bounds = { from: `${name}.from`, to: `${name}.to` };
  switch (type) {
    case "text":
      return [{ kind: "text", name, label }];
    case "number":
      return [{ kind: "numbers", ...bounds, label }];
    case "money":
      return [{ kind: "amounts", ...bounds, currencies: currencies ?? [], label }];
    case "date":
      return [{ kind: "days", ...bounds, label }];
    case "datetime":
      return [{ kind: "instants", ...bounds, label }];
    case "bool":
      return [{ kind: "options", name, label, isSingle: true, options: yesOrNo }];
    case "select":
    case "multiSelect":
      return [{ kind: "options", name, label, options: options ?? [] }];
    case "link":
      // By a value such as `customer:id`, for which there is no editor yet.
      return [];
  }
}
