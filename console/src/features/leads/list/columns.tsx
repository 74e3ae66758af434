import { msg } from "@lingui/core/macro";
import type { CellEdit, Column } from "@/components/data-grid/column";
import { StatusBadge } from "@/components/leads/status-badge";
import { Person } from "@/components/person";
import { RelativeTime } from "@/components/relative-time";
import { Badge } from "@/components/ui/badge";
import type { Lead } from "../status";

export const nameOfLead = (lead: Lead) => lead.name;
export const hrefOfLead = (lead: Lead) => `/leads/${lead.id}`;

const text = (
  field: "name" | "company" | "emailId" | "phone" | "source",
  type: CellEdit<Lead>["type"],
): CellEdit<Lead> => ({ type, value: (lead) => lead[field] ?? "" });

export const leadColumns: readonly Column<Lead>[] = [
  {
    id: "name",
    header: msg`Name`,
    width: 180,
    grow: 2,
    sort: "name",
    cell: ({ name }) => name,
    edit: text("name", "text"),
  },
  { id: "status", header: msg`Status`, width: 112, cell: ({ status }) => <StatusBadge status={status} /> },
  {
    id: "company",
    header: msg`Company`,
    width: 150,
    grow: 2,
    cell: ({ company }) => <Text value={company} />,
    edit: text("company", "text"),
  },
  {
    id: "assignedAgent",
    header: msg`Agent`,
    width: 150,
    grow: 1,
    cell: ({ assignedAgent }) => <Person user={assignedAgent} />,
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
    id: "source",
    header: msg`Source`,
    width: 110,
    grow: 1,
    hiddenInCard: true,
    cell: ({ source }) => <Text value={source} />,
    edit: text("source", "text"),
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

export const standardColumns = ["name", "status", "company", "assignedAgent", "emailId", "tags", "createdAt"];

function Text({ value }: { value: string | null }) {
  return <span className="truncate text-text-muted">{value}</span>;
}
