import { AxisBottom, AxisLeft } from "@visx/axis";
import { GridRows } from "@visx/grid";
import type { scaleBand, scaleLinear, scalePoint } from "@visx/scale";

export const margin = { top: 8, right: 8, bottom: 24, left: 48 };

type Props = {
  x: ReturnType<typeof scaleBand<string>> | ReturnType<typeof scalePoint<string>>;
  y: ReturnType<typeof scaleLinear<number>>;
  width: number;
  height: number;
  places: readonly string[];
  formatValue: (value: number) => string;
};

const tick = { fill: "var(--text-muted)", fontSize: 11, fontFamily: "inherit" };

/** Few lines and few words: the table has the exact figures. */
export function Axes({ x, y, width, height, places, formatValue }: Props) {
  const room = Math.max(1, Math.floor(width / 72));
  const step = Math.ceil(places.length / room);
  // All that is counted is whole.
  const values = y.ticks(4).filter(Number.isInteger);
  return (
    <>
      <GridRows scale={y} width={width} tickValues={values} stroke="var(--line)" />
      <AxisLeft
        scale={y}
        tickValues={values}
        hideAxisLine
        hideTicks
        tickFormat={(value) => formatValue(Number(value))}
        tickLabelProps={{ ...tick, dx: -2, textAnchor: "end", verticalAnchor: "middle" }}
      />
      <AxisBottom
        top={height}
        scale={x}
        hideTicks
        stroke="var(--line)"
        tickValues={places.filter((_, index) => index % step === 0)}
        tickFormat={(place) => place}
        tickLabelProps={{ ...tick, textAnchor: "middle" }}
      />
    </>
  );
}
