import { Trans, useLingui } from "@lingui/react/macro";
import { ListFilter } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { labelText } from "@/lib/label";
import { Button } from "../ui/button";
import { Menu, MenuItem } from "../ui/menu";
import { type FilterField, isSet, namesOf } from "./filter-field";

const FilterChip = lazy(() => import("./filter-chip"));

type Props = {
  fields: readonly FilterField[];
  parameters: URLSearchParams;
  onChange: (edit: (parameters: URLSearchParams) => void) => void;
};

/** What a list is narrowed by, one chip each, and a menu to narrow it further. */
export function Filters({ fields, parameters, onChange }: Props) {
  const { i18n } = useLingui();
  /** The filter that has just been added, and waits for its value. */
  const [added, setAdded] = useState<FilterField | null>(null);
  const shown = fields.filter((field) => field === added || isSet(field, parameters));
  const others = fields.filter((field) => !shown.includes(field));

  const remove = (removed: readonly FilterField[]) => {
    setAdded(null);
    onChange((next) => {
      for (const name of removed.flatMap(namesOf)) next.delete(name);
    });
  };

  return (
    <div className="flex flex-wrap items-center gap-1.5">
      <Suspense>
        {shown.map((field) => (
          <FilterChip
            key={namesOf(field).join()}
            field={field}
            parameters={parameters}
            onChange={onChange}
            isNew={field === added}
            onClose={() => setAdded(null)}
            onRemove={() => remove([field])}
          />
        ))}
      </Suspense>
      {others.length > 0 && (
        <Menu
          trigger={
            <Button variant="ghost" size="small" icon={<ListFilter size={14} aria-hidden />}>
              <Trans>Filter</Trans>
            </Button>
          }
        >
          {others.map((field) => (
            <MenuItem key={namesOf(field).join()} onClick={() => setAdded(field)}>
              {labelText(i18n, field.label)}
            </MenuItem>
          ))}
        </Menu>
      )}
      {shown.length > 1 && (
        <Button variant="ghost" size="small" onClick={() => remove(shown)}>
          <Trans>Clear filters</Trans>
        </Button>
      )}
    </div>
  );
}
