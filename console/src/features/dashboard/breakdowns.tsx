import { useLingui } from "@lingui/react/macro";
import type { components } from "@/api/schema";
import { FigureLink } from "@/components/figure-link";
import { Person } from "@/components/person";
import { Card } from "@/components/ui/card";
import { Table } from "@/components/ui/table";
import { formatPercent } from "@/lib/format";

type Schemas = components["schemas"];

/** Who works on the new leads, and how many of them are converted. */
export function AgentsTable({ agents: { agents, other, unassigned } }: { agents: Schemas["Agents"] }) {
  const { t } = useLingui();
  const row = (key: string, name: string, of: Schemas["LeadsOfAgent"]) => ({
    key,
    cells: [
      of.agent ? (
        <Person key="agent" user={of.agent} />
      ) : (
        <span key="agent" className="text-text-muted">
          {name}
        </span>
      ),
      <FigureLink key="leads" figure={of.leads} label={t`Leads of ${name}`} />,
      <FigureLink key="converted" figure={of.converted} label={t`Converted leads of ${name}`} />,
      of.conversionRate === null ? "–" : formatPercent(of.conversionRate),
    ],
  });
  return (
    <Card title={t`Agents`}>
      <Table
        label={t`Agents`}
        head={[t`Agent`, t`Leads`, t`Converted`, t`Rate`]}
        rows={[
          ...agents.map((one) => row(one.agent?.id ?? "", one.agent?.name ?? "", one)),
          ...(other.leads.count > 0 ? [row("other", t`Others`, other)] : []),
          ...(unassigned.leads.count > 0 ? [row("nobody", t`Nobody`, unassigned)] : []),
        ]}
      />
    </Card>
  );
}

export function SourcesTable({ sources: { top, other, none } }: { sources: Schemas["BySource"] }) {
  const { t } = useLingui();
  const row = (key: string, name: string, figure: Schemas["Figure"]) => ({
    key,
    cells: [
      <span key="name" className={key.startsWith("source ") ? undefined : "text-text-muted"}>
        {name}
      </span>,
      <FigureLink key="leads" figure={figure} label={t`Leads from ${name}`} />,
    ],
  });
  return (
    <Card title={t`Sources`}>
      <Table
        label={t`Sources`}
        head={[t`Source`, t`Leads`]}
        rows={[
          ...top.map(({ source, leads }) => row(`source ${source}`, source, leads)),
          ...(other.count > 0 ? [row("other", t`Others`, other)] : []),
          ...(none.count > 0 ? [row("none", t`Unknown`, none)] : []),
        ]}
      />
    </Card>
  );
}

export function OwnersTable({ owners: { top, other, none } }: { owners: Schemas["ByUser"] }) {
  const { t } = useLingui();
  const others = (key: string, name: string, figure: Schemas["Figure"]) =>
    figure.count > 0
      ? [
          {
            key,
            cells: [
              <span key="name" className="text-text-muted">
                {name}
              </span>,
              <FigureLink key="customers" figure={figure} label={t`Customers of ${name}`} />,
            ],
          },
        ]
      : [];
  return (
    <Card title={t`Customers by owner`}>
      <Table
        label={t`Customers by owner`}
        head={[t`Owner`, t`Customers`]}
        rows={[
          ...top.map(({ user, records }) => ({
            key: user.id,
            cells: [
              <Person key="user" user={user} />,
              <FigureLink key="customers" figure={records} label={t`Customers of ${user.name}`} />,
            ],
          })),
          ...others("other", t`Others`, other),
          ...others("none", t`Nobody`, none),
        ]}
      />
    </Card>
  );
}
