import { Trans, useLingui } from "@lingui/react/macro";
import { Building2, Plus } from "lucide-react";
import { lazy, Suspense, useMemo } from "react";
import { Link, Outlet, useLocation } from "react-router";
import { useCustomFields } from "@/api/custom-fields";
import { useMay } from "@/api/me";
import { useCustomColumns } from "@/components/custom-fields/custom-columns";
import { useCustomFilters } from "@/components/custom-fields/custom-filters";
import { DataGrid } from "@/components/data-grid/data-grid";
import { ExportMenu } from "@/components/data-grid/export-menu";
import { ListToolbar } from "@/components/data-grid/list-toolbar";
import { useSelection } from "@/components/data-grid/selection";
import { useColumns } from "@/components/data-grid/use-columns";
import { useTotal } from "@/components/data-grid/use-total";
import { EmptyState } from "@/components/empty-state";
import { PageHeader } from "@/components/page-header";
import { SavedViews } from "@/components/saved-views/saved-views";
import { Button, buttonClass } from "@/components/ui/button";
import { clearFilter, setParameter, useCustomListState } from "@/lib/list-state";
import {
  type CustomerFilter,
  customerFilter,
  customerPages,
  customerSorts,
  customerTotal,
  exportCustomers,
} from "../queries";
import { customerColumns, hrefOfCustomer, nameOfCustomer, standardColumns } from "./columns";
import { customerFilterFields } from "./customer-filters";

const CustomerBulkBar = lazy(() => import("./customer-bulk-bar"));
const CustomerEditor = lazy(() => import("./customer-editor"));

export function Component() {
  const { t } = useLingui();
  const list = useCustomListState(customerFilter, customerSorts);
  const { filter, sort } = list;
  const pageQuery = useMemo(() => customerPages(filter, sort), [filter, sort]);
  const count = useTotal(pageQuery, customerTotal(filter));
  const fields = useCustomFields("customer");
  const allColumns = useCustomColumns(customerColumns, fields);
  const columns = useColumns(allColumns, standardColumns, list.columns);
  const selection = useSelection();
  const mayUpdate = useMay("customer:update");

  return (
    <>
      <PageHeader
        title={t`Customers`}
        aside={<SavedViews resource="customer" list={list} columns={columns.map(({ id }) => id)} />}
        actions={
          <>
            <ExportMenu
              resource="customer"
              name={t`customers`}
              load={(format) => exportCustomers(filter, sort, format)}
            />
            <NewCustomerLink />
          </>
        }
      />
      <ListToolbar
        list={list}
        fields={useCustomFilters(customerFilterFields, fields)}
        columns={allColumns}
        shownColumns={columns}
      />
      <DataGrid
        label={t`Customers`}
        columns={columns}
        pageQuery={pageQuery}
        exactTotal={count.exact}
        sorting={{
          sort,
          onSortChange: (next) => list.change((parameters) => setParameter(parameters, "sort", next)),
        }}
        nameOf={nameOfCustomer}
        hrefOf={hrefOfCustomer}
        selection={selection}
        Editor={mayUpdate && !filter.isArchived ? CustomerEditor : undefined}
        markedId={list.selected}
        empty={<NoCustomers filter={filter} onClear={() => list.change(clear)} />}
      />
      <Suspense>
        {(selection.isAll || selection.ids.size > 0) && (
          <CustomerBulkBar
            selection={selection}
            filter={filter}
            total={count.total}
            isCapped={count.isCapped}
          />
        )}
      </Suspense>
      <Outlet />
    </>
  );
}

const clear = (parameters: URLSearchParams) => clearFilter(customerFilter, parameters);

function NewCustomerLink() {
  const { search } = useLocation();
  if (!useMay("customer:create")) return null;
  return (
    <Link to={`/customers/new${search}`} className={buttonClass({ variant: "primary" })}>
      <Plus size={16} aria-hidden />
      <Trans>New customer</Trans>
    </Link>
  );
}

function NoCustomers({ filter, onClear }: { filter: CustomerFilter; onClear: () => void }) {
  const { t } = useLingui();
  if (Object.keys(filter).length > 0) {
    return (
      <EmptyState
        icon={Building2}
        title={t`No customer is like this`}
        actions={
          <Button onClick={onClear}>
            <Trans>Clear filters</Trans>
          </Button>
        }
      />
    );
  }
  return (
    <EmptyState icon={Building2} title={t`No customers yet`} actions={<NewCustomerLink />}>
      <Trans>A customer is somebody who buys from you. Leads become customers when you convert them.</Trans>
    </EmptyState>
  );
}
