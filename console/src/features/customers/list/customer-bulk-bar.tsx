import { useLingui } from "@lingui/react/macro";
import { client, once } from "@/api/client";
import { unwrap } from "@/api/errors";
import { useMay } from "@/api/me";
import type { components } from "@/api/schema";
import { nestCustom } from "@/components/custom-fields/nest-custom";
import { BulkArchive } from "@/components/data-grid/bulk-archive";
import { BulkAssign } from "@/components/data-grid/bulk-assign";
import { BulkBar } from "@/components/data-grid/bulk-bar";
import { BulkTags } from "@/components/data-grid/bulk-tags";
import type { GridSelection } from "@/components/data-grid/selection";
import { useBulk } from "@/components/use-bulk";
import type { UpdateCustomer } from "../customer";
import { type CustomerFilter, customerKeys } from "../queries";

type FilterCustomers = components["schemas"]["FilterCustomers"];

/** The document demands all members that hold lists. */
const none = { notOwner: [], custom: {} };

type Props = {
  selection: GridSelection;
  filter: CustomerFilter;
  total: number | undefined;
  isCapped: boolean;
};

export default function CustomerBulkBar({ selection, filter, total, isCapped }: Props) {
  const { t } = useLingui();
  const bulk = useBulk<UpdateCustomer, FilterCustomers>({
    send: (body) => unwrap(client.POST("/api/customers/bulk", { params: { header: once() }, body })),
    queryKey: customerKeys.all,
    selection,
    filter: { ...none, ...nestCustom(filter) },
  });
  const denied = t`You may not do this to customers`;
  const mayUpdate = useMay("customer:update");
  const mayAssign = useMay("customer:assign");
  const mayDelete = useMay("customer:delete");

  return (
    <BulkBar selection={selection} total={total} isCapped={isCapped}>
      <BulkAssign
        label={t`Owner`}
        pending={bulk.isPending}
        disabledReason={!mayAssign && denied}
        onAssign={(owner) => bulk.mutate({ action: "assign", changes: { owner } })}
      />
      <BulkTags
        resource="customer"
        pending={bulk.isPending}
        disabledReason={!mayUpdate && denied}
        onSave={(tags) => bulk.mutate({ action: "update", changes: { tags } })}
      />
      <BulkArchive
        isArchived={filter.isArchived ?? false}
        pending={bulk.isPending}
        disabledReason={!mayDelete && denied}
        onAct={(action) => bulk.mutate({ action })}
      />
    </BulkBar>
  );
}
