import { Plural } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useMay } from "@/api/me";
import { DuplicatesNote } from "@/components/merge/duplicates-note";
import type { Customer } from "../customer";
import { duplicatesQuery } from "../queries";

const MergeDialog = lazy(() => import("../merge/merge-dialog"));

/** Says that others may be the same, and offers to make them one. */
export function Duplicates({ customer }: { customer: Customer }) {
  const [isMerging, setMerging] = useState(false);
  const mayMerge = useMay("customer:merge");
  const { data: candidates = [] } = useQuery(duplicatesQuery(customer.id));
  if (candidates.length === 0) return null;
  return (
    <>
      <DuplicatesNote
        type="customer"
        candidates={candidates}
        mayMerge={mayMerge}
        onMerge={() => setMerging(true)}
      >
        <Plural
          value={candidates.length}
          one="Another customer may be the same:"
          other="# other customers may be the same:"
        />
      </DuplicatesNote>
      <Suspense>
        {isMerging && <MergeDialog customer={customer} onClose={() => setMerging(false)} />}
      </Suspense>
    </>
  );
}
