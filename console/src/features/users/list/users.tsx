import { Trans, useLingui } from "@lingui/react/macro";
import { UserPlus, Users as UsersIcon } from "lucide-react";
import { useMemo } from "react";
import { Link, Outlet, useLocation } from "react-router";
import { useMay } from "@/api/me";
import { AccessTabs } from "@/components/access-tabs";
import { DataGrid } from "@/components/data-grid/data-grid";
import { ListToolbar } from "@/components/data-grid/list-toolbar";
import { useColumns } from "@/components/data-grid/use-columns";
import { EmptyState } from "@/components/empty-state";
import { PageHeader } from "@/components/page-header";
import { Button, buttonClass } from "@/components/ui/button";
import { useListState } from "@/lib/list-state";
import { userFilter, userPages } from "../queries";
import { hrefOfUser, nameOfUser, standardColumns, userColumns } from "./columns";
import { useUserFilters } from "./use-user-filters";

// The server knows no other order.
const sorts = ["name"] as const;
const sorting = { sort: "name", onSortChange: () => {} };

/** Who works in the workspace, people and programs. */
function Users() {
  const { t } = useLingui();
  const list = useListState(userFilter, sorts);
  const { filter } = list;
  const pageQuery = useMemo(() => userPages(filter), [filter]);
  const columns = useColumns(userColumns, standardColumns, list.columns);
  const clear = () =>
    list.change((parameters) => {
      for (const name of Object.keys(userFilter)) parameters.delete(name);
    });
  return (
    <>
      <PageHeader title={t`Users`} actions={<NewUserLink />} />
      <AccessTabs />
      <ListToolbar list={list} fields={useUserFilters()} columns={userColumns} shownColumns={columns} />
      <DataGrid
        label={t`Users`}
        columns={columns}
        pageQuery={pageQuery}
        exactTotal={undefined}
        sorting={sorting}
        nameOf={nameOfUser}
        hrefOf={hrefOfUser}
        markedId={list.selected}
        empty={
          <EmptyState
            icon={UsersIcon}
            title={t`No user is like this`}
            actions={
              <Button onClick={clear}>
                <Trans>Clear filters</Trans>
              </Button>
            }
          />
        }
      />
      <Outlet />
    </>
  );
}

export { Users as Component };

function NewUserLink() {
  const { search } = useLocation();
  if (!useMay("user:create")) return null;
  return (
    <Link to={`/users/new${search}`} className={buttonClass({ variant: "primary" })}>
      <UserPlus size={16} aria-hidden />
      <Trans>New user</Trans>
    </Link>
  );
}
