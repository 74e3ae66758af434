import { useLingui } from "@lingui/react/macro";
import { lazy } from "react";
import type { components } from "@/api/schema";
import { ChartFigure } from "@/components/charts/chart-figure";
import { FigureLink } from "@/components/figure-link";
import { StatusBadge } from "@/components/leads/status-badge";
import { statusLabels } from "@/components/leads/status-labels";
import { Card } from "@/components/ui/card";
import { Table } from "@/components/ui/table";
import { formatDay, formatNumber, formatPercent, formatShortDay } from "@/lib/format";

const LineChart = lazy(() => import("@/components/charts/line-chart"));
const BarChart = lazy(() => import("@/components/charts/bar-chart"));

type Leads = components["schemas"]["LeadsDashboard"];
type Funnel = components["schemas"]["Funnel"];

export function LeadsByDay({ leads: { byDay, made, converted } }: { leads: Leads }) {
  const { t } = useLingui();
  const series = [
    { label: t`New leads`, values: byDay.map((day) => day.made.count) },
    { label: t`Converted`, values: byDay.map((day) => day.converted.count) },
  ];
  return (
    <Card title={t`Leads by day`}>
      <ChartFigure
        series={series}
        chart={
          <LineChart
            label={t`Leads by day: ${formatNumber(made.count)} new, ${formatNumber(converted.count)} converted`}
            places={byDay.map(({ date }) => formatShortDay(date))}
            series={series}
            formatValue={formatNumber}
          />
        }
        table={
          <Table
            label={t`Leads by day`}
            head={[t`Day`, t`New leads`, t`Converted`]}
            rows={byDay.map((day) => ({
              key: day.date,
              cells: [
                formatDay(day.date),
                <FigureLink key="made" figure={day.made} label={t`New on ${formatDay(day.date)}`} />,
                <FigureLink
                  key="converted"
                  figure={day.converted}
                  label={t`Converted on ${formatDay(day.date)}`}
                />,
              ],
            }))}
          />
        }
      />
    </Card>
  );
}

export function LeadsByStatus({ leads: { byStatus } }: { leads: Leads }) {
  const { t, i18n } = useLingui();
  const series = [{ label: t`Leads`, values: byStatus.map(({ leads }) => leads.count) }];
  const name = (status: keyof typeof statusLabels) => i18n._(statusLabels[status]);
  const told = byStatus.map(({ status, leads }) => `${name(status)} ${formatNumber(leads.count)}`).join(", ");
  return (
    <Card title={t`Leads by status`}>
      <ChartFigure
        series={series}
        showsTable
        chart={
          <BarChart
            label={t`Leads by status: ${told}`}
            places={byStatus.map(({ status }) => name(status))}
            series={series}
            formatValue={formatNumber}
          />
        }
        table={
          <Table
            label={t`Leads by status`}
            head={[t`Status`, t`Leads`]}
            rows={byStatus.map(({ status, leads }) => ({
              key: status,
              cells: [
                <StatusBadge key="status" status={status} />,
                <FigureLink key="leads" figure={leads} label={name(status)} />,
              ],
            }))}
          />
        }
      />
    </Card>
  );
}

export function LeadFunnel({ funnel: { stages, unqualified } }: { funnel: Funnel }) {
  const { t, i18n } = useLingui();
  const series = [{ label: t`Leads`, values: stages.map(({ leads }) => leads.count) }];
  // The first stage has all of them, whatever their status.
  const name = (status: keyof typeof statusLabels, index: number) =>
    index === 0 ? t`All` : i18n._(statusLabels[status]);
  const told = stages.map(
    ({ status, leads }, index) => `${name(status, index)} ${formatNumber(leads.count)}`,
  );
  return (
    <Card title={t`How far leads have come`}>
      <ChartFigure
        series={series}
        showsTable
        chart={
          <BarChart
            label={t`Funnel: ${told.join(", ")}`}
            places={stages.map(({ status }, index) => name(status, index))}
            series={series}
            formatValue={formatNumber}
          />
        }
        table={
          <Table
            label={t`How far leads have come`}
            head={[t`Reached`, t`Leads`, t`Share`]}
            rows={[
              ...stages.map(({ status, leads, rate }, index) => ({
                key: status,
                cells: [
                  name(status, index),
                  <FigureLink key="leads" figure={leads} label={t`Reached ${name(status, index)}`} />,
                  rate === null ? "–" : formatPercent(rate),
                ],
              })),
              {
                key: "unqualified",
                cells: [
                  <span key="name" className="text-text-muted">{t`Unqualified meanwhile`}</span>,
                  <FigureLink key="leads" figure={unqualified} label={t`Unqualified meanwhile`} />,
                  "",
                ],
              },
            ]}
          />
        }
      />
    </Card>
  );
}
