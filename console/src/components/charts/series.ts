/** What a line or the bars of one colour stand for, with a value for each place of the axis. */
export type Series = { label: string; values: readonly number[] };

export type ChartProps = {
  /** What is shown, and the most important about it: it is read out in the place of the chart. */
  label: string;
  /** The places of the axis, in order. */
  places: readonly string[];
  series: readonly Series[];
  formatValue: (value: number) => string;
};

const fills = ["var(--chart-1)", "var(--chart-2)", "var(--chart-3)"];

export const seriesFill = (index: number) => fills[index % fills.length] ?? "var(--chart-1)";
