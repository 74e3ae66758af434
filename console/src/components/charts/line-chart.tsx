import { ParentSize } from "@visx/responsive";
import { scaleLinear, scalePoint } from "@visx/scale";
import { LinePath } from "@visx/shape";
import { Axes, margin } from "./axes";
import { type ChartProps, seriesFill } from "./series";

/** How values go up and down along an axis. */
export default function LineChart(props: ChartProps) {
  return <ParentSize debounceTime={50}>{(size) => <Lines {...props} {...size} />}</ParentSize>;
}

function Lines({
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
  const x = scalePoint({ domain: [...places], range: [0, inner.width], padding: 0.5 });
  const y = scaleLinear({ domain: [0, most], range: [inner.height, 0], nice: 4 });
  return (
    <svg width={width} height={height} role="img" aria-label={label}>
      <g transform={`translate(${margin.left},${margin.top})`}>
        <Axes x={x} y={y} {...inner} places={places} formatValue={formatValue} />
        {series.map(({ label: name, values }, index) => (
          <LinePath
            key={name}
            data={[...values]}
            x={(_, place) => x(places[place] ?? "") ?? 0}
            y={(value) => y(value)}
            stroke={seriesFill(index)}
            strokeWidth={2}
            strokeDasharray={index === 0 ? undefined : "5 3"}
          />
        ))}
      </g>
    </svg>
  );
}
