import { Trans } from "@lingui/react/macro";
import { useRecordName } from "@/api/record-name";
import type { components } from "@/api/schema";
import { useUserName } from "@/api/users";
import { formatDateTime, formatDay, formatList, formatMoney } from "@/lib/format";
import type { Activity } from "./timeline";

type Props = {
  changes: Activity["changes"];
  /** What people call the fields; those without a name are left out. */
  fieldLabels: Readonly<Record<string, string>>;
  nameOfValue?: NameOfValue | undefined;
};

/** What people call a value of a field that has a set of them, such as a status. */
export type NameOfValue = (field: string, value: string) => string | undefined;

/** What fields of a record held before, and what they hold since. */
export function ChangeList({ changes, fieldLabels, nameOfValue }: Props) {
  const known = Object.entries(changes).filter(([field]) => field in fieldLabels);
  if (known.length === 0) return null;
  return (
    <dl className="mt-0.5 grid grid-cols-[auto_minmax(0,1fr)] gap-x-2 text-text-muted">
      {known.map(([field, { from, to }]) => (
        <div key={field} className="contents">
          <dt>{fieldLabels[field]}</dt>
          <dd className="min-w-0 break-words">
            <Value {...{ field, value: from, nameOfValue }} /> <span aria-hidden>→</span>{" "}
            <span className="text-text">
              <Value {...{ field, value: to, nameOfValue }} />
            </span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

const userFields = ["assignedAgent", "assignedTo", "owner"];
const isDay = /^\d{4}-\d{2}-\d{2}$/;
const isInstant = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/;

type ValueProps = Pick<Props, "nameOfValue"> & { field: string; value: unknown };

function Value({ field, value, nameOfValue }: ValueProps) {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "string") {
    if (userFields.includes(field)) return <UserName id={value} />;
    if (isDay.test(value)) return formatDay(value);
    if (isInstant.test(value)) return formatDateTime(value);
    return nameOfValue?.(field, value) ?? value;
  }
  if (Array.isArray(value)) {
    if (value.length === 0) return "–";
    return formatList(value.map((one) => nameOfValue?.(field, String(one)) ?? String(one)));
  }
  if (typeof value === "boolean") return value ? <Trans>Yes</Trans> : <Trans>No</Trans>;
  if (isMoney(value)) return formatMoney(value.amount, value.currency);
  if (isLink(value)) return <RecordName link={value} />;
  if (typeof value !== "object") return String(value);
  // Such as how far a role's permissions reach.
  const entries = Object.entries(value).map(([name, one]) => `${name}: ${one}`);
  return formatList(entries) || "–";
}

function isMoney(value: unknown): value is { amount: number; currency: string } {
  return typeof value === "object" && value !== null && "amount" in value && "currency" in value;
}

type CustomLink = components["schemas"]["CustomLink"];

function isLink(value: unknown): value is CustomLink {
  return typeof value === "object" && value !== null && "type" in value && "id" in value;
}

function RecordName({ link: { type, id } }: { link: CustomLink }) {
  return useRecordName(type, id) ?? "–";
}

function UserName({ id }: { id: string }) {
  return useUserName(id);
}
