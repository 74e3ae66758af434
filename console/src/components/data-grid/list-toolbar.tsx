import { Trans, useLingui } from "@lingui/react/macro";
import { ArrowUpDown, Columns3 } from "lucide-react";
import { labelText } from "@/lib/label";
import { type ListState, setParameter } from "@/lib/list-state";
import type { FilterField } from "../filters/filter-field";
import { Filters } from "../filters/filters";
import { Button } from "../ui/button";
import { Menu, MenuCheckItem, MenuRadioGroup } from "../ui/menu";
import type { Column } from "./column";
import { SearchBox } from "./search-box";

type Props<Row> = {
  list: ListState<unknown, string>;
  fields: readonly FilterField[];
  columns: readonly Column<Row>[];
  shownColumns: readonly Column<Row>[];
  isSearchable?: boolean;
};

/** Search, filters, order and columns of a list. */
export function ListToolbar<Row>({ list, fields, columns, shownColumns, isSearchable = true }: Props<Row>) {
  return (
    <div className="flex flex-wrap items-center gap-2 px-4 pb-2 sm:px-6">
      {isSearchable && <SearchBox list={list} />}
      <Filters fields={fields} parameters={list.parameters} onChange={list.change} />
      <div className="ms-auto flex items-center gap-1">
        <SortMenu list={list} columns={columns} />
        <ColumnMenu list={list} columns={columns} shownColumns={shownColumns} />
      </div>
    </div>
  );
}

function SortMenu<Row>({ list, columns }: Pick<Props<Row>, "list" | "columns">) {
  const { t, i18n } = useLingui();
  const options = columns.flatMap(({ sort, header }) => {
    if (sort === undefined) return [];
    const name = labelText(i18n, header);
    return [
      { value: sort, label: t`${name}, ascending` },
      { value: `-${sort}`, label: t`${name}, descending` },
    ];
  });
  if (options.length === 0) return null;
  return (
    <Menu
      trigger={
        <Button
          variant="ghost"
          size="small"
          className="sm:hidden"
          icon={<ArrowUpDown size={14} aria-hidden />}
        >
          <Trans>Sort</Trans>
        </Button>
      }
    >
      <MenuRadioGroup
        label={t`Sort`}
        value={list.sort}
        onValueChange={(sort) => list.change((next) => setParameter(next, "sort", sort))}
        options={options}
      />
    </Menu>
  );
}

function ColumnMenu<Row>({ list, columns, shownColumns }: Omit<Props<Row>, "fields">) {
  const { i18n } = useLingui();
  const shown = shownColumns.map(({ id }) => id);
  return (
    <Menu
      trigger={
        <Button
          variant="ghost"
          size="small"
          className="max-sm:hidden"
          icon={<Columns3 size={14} aria-hidden />}
        >
          <Trans>Columns</Trans>
        </Button>
      }
    >
      {columns.slice(1).map(({ id, header }) => (
        <MenuCheckItem
          key={id}
          checked={shown.includes(id)}
          onCheckedChange={(checked) => {
            const next = checked ? [...shown, id] : shown.filter((other) => other !== id);
            list.change((parameters) => setParameter(parameters, "columns", next.join()));
          }}
        >
          {labelText(i18n, header)}
        </MenuCheckItem>
      ))}
    </Menu>
  );
}
