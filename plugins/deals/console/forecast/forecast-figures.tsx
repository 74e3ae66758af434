import { useLingui } from "@lingui/react/macro";
import { lazy } from "react";
import type { components } from "@/api/schema";
import { ChartFigure } from "@/components/charts/chart-figure";
import { Card } from "@/components/ui/card";
import { Table } from "@/components/ui/table";
import { formatMoney, formatMonth, formatShortMoney } from "@/lib/format";

const BarChart = lazy(() => import("@/components/charts/bar-chart"));

type Month = components["schemas"]["DealsMonth"];

/** What the months bring in one currency, as bars and as a table. */
export function ForecastFigures({ months, currency }: { months: readonly Month[]; currency: string }) {
  const { t } = useLingui();
  const money = (amount: number) => formatMoney(amount, currency);
  const rows = months.map(({ month, currencies }) => {
    const sums = currencies.find((other) => other.currency === currency);
    return {
      month: formatMonth(month.slice(0, 7)),
      open: sums?.open.amount ?? 0,
      weighted: sums?.open.weighted ?? 0,
      won: sums?.won.amount ?? 0,
      lost: sums?.lost.amount ?? 0,
      expected: sums?.expected ?? 0,
    };
  });
  const total = (field: "open" | "weighted" | "won" | "lost" | "expected") =>
    rows.reduce((sum, row) => sum + row[field], 0);
  const series = [
    { label: t`Won`, values: rows.map(({ won }) => won) },
    { label: t`Open, weighted`, values: rows.map(({ weighted }) => weighted) },
  ];
  const cells = (row: Omit<(typeof rows)[number], "month">) =>
    [row.open, row.weighted, row.won, row.lost, row.expected].map((amount) =>
      amount === 0 ? "–" : money(amount),
    );
  return (
    <Card title={t`By month, in ${currency}`}>
      <ChartFigure
        series={series}
        showsTable
        chart={
          <BarChart
            label={t`Forecast: ${money(total("expected"))} expected, of which ${money(total("won"))} is won`}
            places={rows.map(({ month }) => month)}
            series={series}
            formatValue={(amount) => formatShortMoney(amount, currency)}
          />
        }
        table={
          <section
            aria-label={t`Forecast`}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
            tabIndex={0}
            className="overflow-x-auto"
          >
            <Table
              label={t`Forecast`}
              head={[t`Month`, t`Open`, t`Weighted`, t`Won`, t`Lost`, t`Expected`]}
              rows={[
                ...rows.map(({ month, ...sums }) => ({ key: month, cells: [month, ...cells(sums)] })),
                {
                  key: "total",
                  cells: [
                    t`Together`,
                    ...cells({
                      open: total("open"),
                      weighted: total("weighted"),
                      won: total("won"),
                      lost: total("lost"),
                      expected: total("expected"),
                    }),
                  ].map((cell, index) => (
                    <span key={index} className="font-semibold">
                      {cell}
                    </span>
                  )),
                },
              ]}
            />
          </section>
        }
      />
    </Card>
  );
}
