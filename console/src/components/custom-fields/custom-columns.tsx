import { useMemo } from "react";
import type { CustomField } from "@/api/custom-fields";
import type { Column } from "../data-grid/column";
import { CustomValue, type Values } from "./custom-value";

type WithCustom = { custom: Values };

/** The columns of a list, those of custom fields behind the others. */
export function useCustomColumns<Row extends WithCustom>(
  columns: readonly Column<Row>[],
  fields: readonly CustomField[],
): readonly Column<Row>[] {
  return useMemo(() => [...columns, ...fields.map((field) => columnOf<Row>(field))], [columns, fields]);
}

function columnOf<Row extends WithCustom>(field: CustomField): Column<Row> {
  const { key, label, type } = field;
  const isSorted = type !== "multiSelect" && type !== "link";
  return {
    id: `custom.${key}`,
    header: label,
    width: 140,
    grow: 1,
    hiddenInCard: true,
    ...(isSorted && { sort: `custom.${key}` }),
    ...((type === "number" || type === "money") && { align: "end" }),
    cell: ({ custom }) => <CustomValue field={field} value={custom[key]} isBrief />,
  };
}
