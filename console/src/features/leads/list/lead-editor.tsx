import { useQueryClient } from "@tanstack/react-query";
import { replaceRecord } from "@/api/cached-rows";
import type { GridEditing } from "@/components/data-grid/column";
import { GridEditor } from "@/components/data-grid/grid-editor";
import { textChange } from "@/components/use-field-saving";
import { useUpdateLead } from "../mutations";
import { leadKeys, leadQuery } from "../queries";
import type { Lead } from "../status";

/** Edits leads where they stand in the list. */
export default function LeadEditor(grid: GridEditing<Lead>) {
  const queryClient = useQueryClient();
  const update = useUpdateLead();
  return (
    <GridEditor
      {...grid}
      onSave={(lead, field, value) => update.mutateAsync({ lead, changes: textChange(field, value) })}
      reload={async ({ id }) => {
        const lead = await queryClient.fetchQuery({ ...leadQuery(id), staleTime: 0 });
        replaceRecord(queryClient, leadKeys, lead);
        return lead;
      }}
    />
  );
}
