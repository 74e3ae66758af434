import { useLingui } from "@lingui/react/macro";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Building2, CheckSquare, type LucideIcon, UserRound } from "lucide-react";
import { useState } from "react";
import { client } from "@/api/client";
import { unwrap } from "@/api/errors";
import { useDebounce } from "@/lib/use-debounce";
import { Combobox } from "./ui/combobox";
import type { Control } from "./ui/field";

type RecordType = "lead" | "customer" | "task";

export type PickedRecord<Type extends RecordType = "lead" | "customer"> = {
  type: Type;
  id: string;
  name: string;
  context?: string;
};

type Props<Type extends RecordType> = Partial<Control> & {
  types: readonly Type[];
  value: PickedRecord<Type> | null;
  onValueChange: (record: PickedRecord<Type> | null) => void;
  /** These are not offered. */
  without?: readonly string[];
  placeholder?: string;
  "aria-label"?: string;
};

const icons: Record<RecordType, LucideIcon> = { lead: UserRound, customer: Building2, task: CheckSquare };

/** Finds a record by what it is called, where it works, or how it is reached. */
export function RecordPicker<Type extends RecordType>({
  types,
  without = none,
  value,
  onValueChange,
  placeholder,
  ...control
}: Props<Type>) {
  const { t } = useLingui();
  const [text, setText] = useState("");
  const q = useDebounce(text.trim());
  const search = useQuery({
    queryKey: ["search", "pick", types, q],
    queryFn: ({ signal }) =>
      unwrap(client.GET("/api/search", { params: { query: { q, types: [...types], limit: 20 } }, signal })),
    enabled: q !== "",
    placeholderData: keepPreviousData,
  });
  const hits = q === "" ? [] : (search.data?.hits ?? []);
  const items = hits.flatMap(({ type: found, id, name, context }) => {
    const type = types.find((wanted) => wanted === found);
    return type && !without.includes(id) ? [{ type, id, name, context }] : [];
  });
  return (
    <Combobox<PickedRecord<Type>>
      {...control}
      items={items}
      value={value}
      onValueChange={onValueChange}
      onSearch={setText}
      isLoading={search.isFetching || q !== text.trim()}
      placeholder={placeholder ?? t`Search by name, company or email`}
      emptyText={text.trim() === "" ? t`Type to search` : undefined}
      renderItem={({ type, name, context }) => {
        const Icon: LucideIcon = icons[type];
        return (
          <span className="flex min-w-0 items-center gap-2">
            <Icon size={14} aria-hidden className="shrink-0 text-text-muted" />
            <span className="truncate">{name}</span>
            <span className="min-w-0 grow truncate text-text-muted">{context}</span>
          </span>
        );
      }}
    />
  );
}

const none: readonly string[] = [];
