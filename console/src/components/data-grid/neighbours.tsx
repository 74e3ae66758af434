import { useLingui } from "@lingui/react/macro";
import { ArrowLeft, ChevronDown, ChevronUp } from "lucide-react";
import { Link } from "react-router";
import { IconButton } from "../ui/icon-button";
import type { useNeighbours } from "./use-neighbours";

type Props = {
  neighbours: ReturnType<typeof useNeighbours>;
  /** The list, where it is and what it is called. */
  to: string;
  label: string;
};

/** Leads back to the list of a record, and to the records beside it there. */
export function Neighbours({ neighbours: { origin, next, previous }, to, label }: Props) {
  const { t } = useLingui();
  return (
    <span className="inline-flex items-center gap-1">
      <Link
        to={`${to}${origin?.list ?? ""}`}
        className="inline-flex h-7 items-center gap-1 rounded-sm text-sm hover:text-text"
      >
        <ArrowLeft size={14} aria-hidden className="rtl:rotate-180" />
        {label}
      </Link>
      {origin && (
        <>
          <IconButton
            label={t`Previous record`}
            size="smallIcon"
            icon={<ChevronUp size={16} aria-hidden />}
            disabled={origin.index === 0}
            onClick={previous}
          />
          <IconButton
            label={t`Next record`}
            size="smallIcon"
            icon={<ChevronDown size={16} aria-hidden />}
            onClick={next}
          />
        </>
      )}
    </span>
  );
}
