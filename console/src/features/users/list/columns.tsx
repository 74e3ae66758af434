import { msg } from "@lingui/core/macro";
import type { User } from "@/api/users";
import type { Column } from "@/components/data-grid/column";
import { Person } from "@/components/person";
import { RelativeTime } from "@/components/relative-time";
import { Badge } from "@/components/ui/badge";
import { formatList } from "@/lib/format";
import { UserBadge } from "../user-badge";

export const nameOfUser = (user: User) => user.name;
export const hrefOfUser = (user: User) => `/users/${user.id}`;

export const userColumns: readonly Column<User>[] = [
  { id: "name", header: msg`Name`, width: 200, grow: 2, cell: (user) => <Person user={user} /> },
  { id: "state", header: msg`State`, width: 96, cell: (user) => <UserBadge user={user} /> },
  {
    id: "roles",
    header: msg`Roles`,
    width: 180,
    grow: 1,
    cell: ({ roles }) => roles.map(({ id, name }) => <Badge key={id}>{name}</Badge>),
  },
  {
    id: "teams",
    header: msg`Teams`,
    width: 160,
    grow: 1,
    hiddenInCard: true,
    cell: ({ teams }) => <Text value={formatList(teams.map(({ name }) => name))} />,
  },
  {
    id: "emailId",
    header: msg`Email`,
    width: 220,
    grow: 2,
    hiddenInCard: true,
    cell: ({ emailId }) => <Text value={emailId} />,
  },
  {
    id: "createdAt",
    header: msg`Created`,
    width: 110,
    hiddenInCard: true,
    cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
  },
];

export const standardColumns = ["state", "roles", "teams", "emailId"];

function Text({ value }: { value: string }) {
  return <span className="truncate text-text-muted">{value}</span>;
}
