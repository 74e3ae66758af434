import { msg } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { Archive, ArchiveRestore, Ellipsis, Merge, Undo2, UserRoundCheck } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useLocation, useNavigate } from "react-router";
import { useMay, useMayRecord, useMe } from "@/api/me";
import { Neighbours } from "@/components/data-grid/neighbours";
import { useNeighbours } from "@/components/data-grid/use-neighbours";
import { PageHeader } from "@/components/page-header";
import { GuardedButton } from "@/components/ui/guarded-button";
import { IconButton } from "@/components/ui/icon-button";
import { Menu, MenuItem } from "@/components/ui/menu";
import { useHotkey } from "@/lib/hotkeys";
import type { Customer } from "../customer";
import { hrefOfCustomer } from "../list/columns";
import { useArchiveCustomer, useAssignCustomer, useRestoreCustomer, useUnmergeCustomer } from "../mutations";
import { customersOf } from "../queries";

const MergeDialog = lazy(() => import("../merge/merge-dialog"));

const archiveLabel = msg`Archive`;

/** Who it is, and what can be done to them. */
export function CustomerHeader({ customer }: { customer: Customer }) {
  const { t } = useLingui();
  const me = useMe();
  const navigate = useNavigate();
  const [isMerging, setMerging] = useState(false);
  const assign = useAssignCustomer();
  const archive = useArchiveCustomer();
  const restore = useRestoreCustomer();
  const unmerge = useUnmergeCustomer();
  const denied = t`You may not do this to this customer`;
  const mayAssign = useMay("customer:assign");
  const mayMerge = useMay("customer:merge");
  const mayDelete = useMayRecord("customer", "delete", customer.id);

  const neighbours = useNeighbours(customersOf, hrefOfCustomer);
  const isFirst = useLocation().key === "default";
  const leave = () => (isFirst ? navigate("/customers") : navigate(-1));
  const putAway = () => archive.mutate(customer, { onSuccess: leave });
  useHotkey("#", archiveLabel, putAway, mayDelete && !customer.isArchived);

  return (
    <>
      <PageHeader
        title={customer.name}
        actions={
          customer.isArchived ? (
            !customer.mergedInto && (
              <GuardedButton
                size="small"
                pending={restore.isPending}
                disabledReason={!mayDelete && denied}
                icon={<ArchiveRestore size={14} aria-hidden />}
                onClick={() => restore.mutate(customer.id)}
              >
                <Trans>Restore</Trans>
              </GuardedButton>
            )
          ) : (
            <Menu trigger={<IconButton label={t`More actions`} icon={<Ellipsis size={16} aria-hidden />} />}>
              {customer.owner?.id !== me.id && (
                <MenuItem
                  icon={<UserRoundCheck size={16} aria-hidden />}
                  disabledReason={!mayAssign && denied}
                  onClick={() => assign.mutate({ customer, owner: me.id })}
                >
                  <Trans>Make me the owner</Trans>
                </MenuItem>
              )}
              <MenuItem
                icon={<Merge size={16} aria-hidden />}
                disabledReason={!mayMerge && denied}
                onClick={() => setMerging(true)}
              >
                <Trans>Merge others into it…</Trans>
              </MenuItem>
              <MenuItem
                icon={<Undo2 size={16} aria-hidden />}
                disabledReason={!mayMerge && denied}
                onClick={() => unmerge.mutate(customer.id)}
              >
                <Trans>Undo the newest merge</Trans>
              </MenuItem>
              <MenuItem
                icon={<Archive size={16} aria-hidden />}
                disabledReason={!mayDelete && denied}
                onClick={putAway}
              >
                <Trans>Archive</Trans>
              </MenuItem>
            </Menu>
          )
        }
      >
        <Neighbours neighbours={neighbours} to="/customers" label={t`Customers`} />
        {customer.company && <span>· {customer.company}</span>}
      </PageHeader>
      <Suspense>
        {isMerging && <MergeDialog customer={customer} onClose={() => setMerging(false)} />}
      </Suspense>
    </>
  );
}
