import { msg } from "@lingui/core/macro";
import type { CellEdit, Column } from "@/components/data-grid/column";
import { Person } from "@/components/person";
import { RelativeTime } from "@/components/relative-time";
import { Badge } from "@/components/ui/badge";
import { formatNumber } from "@/lib/format";
import type { Customer } from "../customer";

export const nameOfCustomer = (customer: Customer) => customer.name;
export const hrefOfCustomer = (customer: Customer) => `/customers/${customer.id}`;

const text = (
  field: "name" | "company" | "emailId" | "phone",
  type: CellEdit<Customer>["type"],
): CellEdit<Customer> => ({ type, value: (customer) => customer[field] ?? "" });

export const customerColumns: readonly Column<Customer>[] = [
  {
    id: "name",
    header: msg`Name`,
    width: 180,
    grow: 2,
    sort: "name",
    cell: ({ name }) => name,
    edit: text("name", "text"),
  },
  {
    id: "company",
    header: msg`Company`,
    width: 160,
    grow: 2,
    cell: ({ company }) => <Text value={company} />,
    edit: text("company", "text"),
  },
  {
    id: "owner",
    header: msg`Owner`,
    width: 150,
    grow: 1,
    cell: ({ owner }) => <Person user={owner} />,
  },
  {
    id: "emailId",
    header: msg`Email`,
    width: 190,
    grow: 2,
    hiddenInCard: true,
    cell: ({ emailId }) => <Text value={emailId} />,
    edit: text("emailId", "email"),
  },
  {
    id: "phone",
    header: msg`Phone`,
    width: 140,
    hiddenInCard: true,
    cell: ({ phone }) => <Text value={phone} />,
    edit: text("phone", "tel"),
  },
  {
    id: "tags",
    header: msg`Tags`,
    width: 130,
    grow: 1,
    hiddenInCard: true,
    cell: ({ tags }) => tags.map((tag) => <Badge key={tag}>{tag}</Badge>),
  },
  {
    id: "noteCount",
    header: msg`Notes`,
    width: 72,
    align: "end",
    hiddenInCard: true,
    cell: ({ noteCount }) => (noteCount > 0 ? formatNumber(noteCount) : null),
  },
  {
    id: "createdAt",
    header: msg`Created`,
    width: 110,
    sort: "createdAt",
    hiddenInCard: true,
    cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
  },
  {
    id: "updatedAt",
    header: msg`Changed`,
    width: 110,
    sort: "updatedAt",
    hiddenInCard: true,
    cell: ({ updatedAt }) => <RelativeTime at={updatedAt} />,
  },
];

export const standardColumns = ["name", "company", "owner", "emailId", "tags", "createdAt"];

function Text({ value }: { value: string | null }) {
  return <span className="truncate text-text-muted">{value}</span>;
}
