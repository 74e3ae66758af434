import { useLingui } from "@lingui/react/macro";
import { Link } from "react-router";
import type { CustomField } from "@/api/custom-fields";
import { useRecordName } from "@/api/record-name";
import type { components } from "@/api/schema";
import { recordPath } from "@/lib/record-path";
import { labelOfResource } from "../resource-labels";
import { Badge } from "../ui/badge";
import { customText, isLink, labelOfOption } from "./custom-text";

export type Values = components["schemas"]["Lead"]["custom"];
export type Value = Values[string];

type Props = {
  field: CustomField;
  value: Value | undefined;
  /** In a list, where names are not asked for row by row. */
  isBrief?: boolean;
};

/** What a record holds in a custom field. */
export function CustomValue({ field, value, isBrief }: Props) {
  if (value === undefined) return null;
  if (isLink(value)) return isBrief ? <BriefLink link={value} /> : <NamedLink link={value} />;
  if (Array.isArray(value)) return value.map((one) => <Badge key={one}>{labelOfOption(field, one)}</Badge>);
  if (field.type === "select") return <Badge>{customText(field, value)}</Badge>;
  return <span className="min-w-0 truncate">{customText(field, value)}</span>;
}

type LinkProps = { link: components["schemas"]["CustomLink"] };

const linkClass = "relative z-1 truncate rounded-sm text-accent-text hover:underline";

function BriefLink({ link: { type, id } }: LinkProps) {
  const { i18n } = useLingui();
  return (
    <Link to={recordPath(type, id) ?? "/"} className={linkClass}>
      {labelOfResource(i18n, type)}
    </Link>
  );
}

function NamedLink({ link: { type, id } }: LinkProps) {
  const { t } = useLingui();
  const name = useRecordName(type, id);
  if (name === null) return <span className="text-text-muted">{t`Not found`}</span>;
  return (
    <Link to={recordPath(type, id) ?? "/"} className={linkClass}>
      {name}
    </Link>
  );
}
