import { msg } from "@lingui/core/macro";
import type { Column } from "@/components/data-grid/column";
import { Person } from "@/components/person";
import { RelativeTime } from "@/components/relative-time";
import { formatMoney, formatPercent } from "@/lib/format";
import { today } from "@/lib/week";
import { CloseDate, StaleBadge } from "../board/deal-card";
import { type Deal, isOverdue, isStale } from "../deal";
import { StageBadge } from "../stage-badge";

export const dealColumns: readonly Column<Deal>[] = [
  { id: "name", header: msg`Name`, width: 180, grow: 2, sort: "name", cell: ({ name }) => name },
  {
    id: "stage",
    header: msg`Stage`,
    width: 170,
    cell: (deal) => (
      <>
        <StageBadge stage={deal.stage} />
        {isStale(deal) && <StaleBadge deal={deal} />}
      </>
    ),
  },
  {
    id: "customer",
    header: msg`Customer`,
    width: 160,
    grow: 2,
    cell: ({ customer }) => <span className="truncate text-text-muted">{customer.name}</span>,
  },
  {
    id: "amount",
    header: msg`Amount`,
    width: 130,
    align: "end",
    sort: "amount",
    cell: ({ amount }) => amount && formatMoney(amount.amount, amount.currency),
  },
  {
    id: "probability",
    header: msg`Probability`,
    width: 96,
    align: "end",
    hiddenInCard: true,
    cell: ({ probability }) => formatPercent(probability / 100),
  },
  {
    id: "expectedCloseDate",
    header: msg`Expected close`,
    width: 140,
    sort: "expectedCloseDate",
    hiddenInCard: true,
    cell: (deal) =>
      deal.expectedCloseDate && (
        <CloseDate day={deal.expectedCloseDate} isOverdue={isOverdue(deal, today())} />
      ),
  },
  {
    id: "owner",
    header: msg`Owner`,
    width: 150,
    grow: 1,
    hiddenInCard: true,
    cell: ({ owner }) => <Person user={owner} />,
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

export const standardColumns = ["stage", "customer", "amount", "expectedCloseDate", "owner", "createdAt"];
