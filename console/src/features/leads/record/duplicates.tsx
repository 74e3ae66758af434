import { Plural } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useMay } from "@/api/me";
import { DuplicatesNote } from "@/components/merge/duplicates-note";
import { duplicateLeadsQuery } from "../queries";
import type { Lead } from "../status";

const MergeDialog = lazy(() => import("../merge/merge-dialog"));

/** Says that other leads may be the same, and offers to make them one. */
export function Duplicates({ lead }: { lead: Lead }) {
  const [isMerging, setMerging] = useState(false);
  const mayMerge = useMay("lead:merge");
  const { data: candidates = [] } = useQuery(duplicateLeadsQuery(lead.id));
  if (candidates.length === 0) return null;
  return (
    <>
      <DuplicatesNote
        type="lead"
        candidates={candidates}
        mayMerge={mayMerge}
        onMerge={() => setMerging(true)}
      >
        <Plural
          value={candidates.length}
          one="Another lead may be the same:"
          other="# other leads may be the same:"
        />
      </DuplicatesNote>
      <Suspense>{isMerging && <MergeDialog lead={lead} onClose={() => setMerging(false)} />}</Suspense>
    </>
  );
}
