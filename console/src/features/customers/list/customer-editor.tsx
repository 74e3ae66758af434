import { useQueryClient } from "@tanstack/react-query";
import { replaceRecord } from "@/api/cached-rows";
import type { GridEditing } from "@/components/data-grid/column";
import { GridEditor } from "@/components/data-grid/grid-editor";
import { textChange } from "@/components/use-field-saving";
import type { Customer } from "../customer";
import { useUpdateCustomer } from "../mutations";
import { customerKeys, customerQuery } from "../queries";

/** Edits customers where they stand in the list. */
export default function CustomerEditor(grid: GridEditing<Customer>) {
  const queryClient = useQueryClient();
  const update = useUpdateCustomer();
  return (
    <GridEditor
      {...grid}
      onSave={(customer, field, value) => update.mutateAsync({ customer, changes: textChange(field, value) })}
      reload={async ({ id }) => {
        const customer = await queryClient.fetchQuery({ ...customerQuery(id), staleTime: 0 });
        replaceRecord(queryClient, customerKeys, customer);
        return customer;
      }}
    />
  );
}
