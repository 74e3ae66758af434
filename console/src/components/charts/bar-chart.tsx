import { ParentSize } from "@visx/responsive";
import { scaleBand, scaleLinear } from "@visx/scale";
import { Bar } from "@visx/shape";
import { Axes, margin } from "./axes";
import { type ChartProps, seriesFill } from "./series";

/** Values side by side: one bar for each series at each place of the axis. */
export default function BarChart(props: ChartProps) {
  return <ParentSize debounceTime={50}>{(size) => <Bars {...props} {...size} />}</ParentSize>;
}

function Bars({
  label,
  places,
  series,
  formatValue,
  width,
  height,
}: ChartProps & { width: number; height: number }) {
  const inner = { width: width - margin.left - margin.right, height: height - margin.top - margin.bottom };
  if (inner.width <= 0 || inner.height <= 0) return null;
  const most = Math.max(1, ...series.flatMap(({ values }) => values));
  const x = scaleBand({
    domain: [...places],
    range: [0, inner.width],
    paddingInner: 0.3,
    paddingOuter: 0.15,
  });
  const within = scaleBand({
    domain: series.map((one) => one.label),
    range: [0, x.bandwidth()],
    padding: 0.1,
  });
  const y = scaleLinear({ domain: [0, most], range: [inner.height, 0], nice: 4 });
  return (
    <svg width={width} height={height} role="img" aria-label={label}>
      <g transform={`translate(${margin.left},${margin.top})`}>
        <Axes x={x} y={y} {...inner} places={places} formatValue={formatValue} />
        {series.map(({ label: name, values }, index) =>
          places.map((place, position) => {
            const value = values[position] ?? 0;
            return (
              <Bar
                key={`${name} ${place}`}
                x={(x(place) ?? 0) + (within(name) ?? 0)}
                width={within.bandwidth()}
                y={y(value)}
                height={Math.max(0, inner.height - y(value))}
                rx={2}
                fill={seriesFill(index)}
              />
            );
          }),
        )}
      </g>
    </svg>
  );
}
