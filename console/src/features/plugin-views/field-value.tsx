import { Trans } from "@lingui/react/macro";
import type { Schema } from "@/api/document";
import { RelativeTime } from "@/components/relative-time";
import { Badge } from "@/components/ui/badge";
import { formatDay, formatNumber } from "@/lib/format";
import { referenceOf } from "./fields";
import { RecordName } from "./record-name";

type Props = { name: string; schema: Schema; value: unknown; isLink?: boolean };

/** A value as its schema says that it is meant. */
export function FieldValue({ name, schema, value, isLink }: Props) {
  if (value === null || value === undefined || value === "")
    return <span className="text-text-muted">–</span>;
  if (typeof value === "boolean") return value ? <Trans>Yes</Trans> : <Trans>No</Trans>;
  if (typeof value === "number") return formatNumber(value);
  if (Array.isArray(value)) return value.map((item) => <Badge key={String(item)}>{String(item)}</Badge>);
  if (typeof value !== "string") return <code className="font-mono text-sm">{JSON.stringify(value)}</code>;
  const reference = referenceOf({ name, schema });
  if (reference) return <RecordName type={reference} id={value} isLink={isLink} />;
  if (schema.format === "date-time") return <RelativeTime at={value} />;
  if (schema.format === "date") return formatDay(value);
  if (schema.enum) return <Badge>{value}</Badge>;
  return <span className={isLink ? "min-w-0 whitespace-pre-line break-words" : "truncate"}>{value}</span>;
}
