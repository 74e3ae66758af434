import { Link } from "react-router";
import { formatNumber } from "@/lib/format";

/** The address at which the console shows a list of the API. */
export const listPath = (list: string) => list.replace(/^\/api/, "");

/** How many records a list holds, and the way to it. */
export function FigureLink({ figure, label }: { figure: { count: number; list: string }; label: string }) {
  if (figure.count === 0) return <span className="text-text-muted">{formatNumber(0)}</span>;
  return (
    <Link
      to={listPath(figure.list)}
      aria-label={`${label}: ${formatNumber(figure.count)}`}
      className="inline-block min-w-6 rounded-sm py-0.5 text-end font-medium text-accent-text hover:underline"
    >
      {formatNumber(figure.count)}
    </Link>
  );
}
