import { Trans, useLingui } from "@lingui/react/macro";
import { useCustomerName } from "@/api/customers";
import { useUserName } from "@/api/users";
import { formatDate, formatDay, formatList } from "@/lib/format";
import { labelText } from "@/lib/label";
import type { FilterField } from "./filter-field";

type Props = { field: FilterField; parameters: URLSearchParams };

/** The value of a filter in words. */
export function FilterValue({ field, parameters }: Props) {
  const { i18n } = useLingui();
  switch (field.kind) {
    case "options": {
      const chosen = parameters.getAll(field.name);
      const labels = field.options
        .filter(({ value }) => chosen.includes(value))
        .map(({ label }) => labelText(i18n, label));
      return <span>{formatList(labels)}</span>;
    }
    case "user":
      return field.presence && parameters.get(field.presence) === "false" ? (
        <Trans>Nobody</Trans>
      ) : (
        <UserName id={parameters.get(field.name)} />
      );
    case "tag":
    case "text":
      return <span>{parameters.get(field.name)}</span>;
    case "record":
      return <CustomerName id={parameters.get(field.name)} />;
    case "instants":
      return (
        <Range
          from={parameters.get(field.from)}
          // The end is excluded: the instant before it is on the last day.
          to={before(parameters.get(field.to))}
          format={formatDate}
        />
      );
    case "numbers":
    case "amounts":
      return (
        <Range from={parameters.get(field.from)} to={parameters.get(field.to)} format={(text) => text} />
      );
    case "days":
      return <Range from={parameters.get(field.from)} to={parameters.get(field.to)} format={formatDay} />;
  }
}

function UserName({ id }: { id: string | null }) {
  return <span>{useUserName(id)}</span>;
}

function CustomerName({ id }: { id: string | null }) {
  return <span>{useCustomerName(id)}</span>;
}

function before(instant: string | null): string | null {
  const time = Date.parse(instant ?? "");
  return Number.isNaN(time) ? null : new Date(time - 1).toISOString();
}

function Range({
  from,
  to,
  format,
}: {
  from: string | null;
  to: string | null;
  format: (value: string) => string;
}) {
  if (from && to) return <span>{`${format(from)} – ${format(to)}`}</span>;
  if (from) return <Trans>from {format(from)}</Trans>;
  if (to) return <Trans>until {format(to)}</Trans>;
  return null;
}
