import { Trans } from "@lingui/react/macro";
import { Users } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { recordPath } from "@/lib/record-path";
import type { Candidate } from "../duplicates/match-reason";
import { Button } from "../ui/button";

type Props = {
  type: "lead" | "customer";
  candidates: readonly Candidate[];
  mayMerge: boolean;
  onMerge: () => void;
  /** Says that they may be the same. */
  children: ReactNode;
};

/** Names those that may be the same as the record that is shown, and offers to make them one. */
export function DuplicatesNote({ type, candidates, mayMerge, onMerge, children }: Props) {
  return (
    <div className="mx-4 mb-4 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md bg-amber-soft px-3 py-2 text-amber-on-soft sm:mx-6">
      <Users size={16} aria-hidden className="shrink-0" />
      <p className="min-w-0 grow">
        {children}{" "}
        {candidates.slice(0, 3).map(({ id, name }, index) => (
          <span key={id}>
            {index > 0 && ", "}
            <Link to={recordPath(type, id) ?? "/"} className="font-medium underline">
              {name}
            </Link>
          </span>
        ))}
      </p>
      {mayMerge && (
        <Button size="small" onClick={onMerge}>
          <Trans>Compare and merge</Trans>
        </Button>
      )}
    </div>
  );
}
