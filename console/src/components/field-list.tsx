import type { ReactNode, Ref } from "react";

/** What is known of a record, as names and values. */
export function FieldList({ ref, children }: { ref?: Ref<HTMLDListElement>; children: ReactNode }) {
  return (
    <dl ref={ref} className="grid grid-cols-[6rem_minmax(0,1fr)] items-start gap-x-3 gap-y-1">
      {children}
    </dl>
  );
}

/** A value that is not edited where it stands is put into a `FieldText`, so that rows are of one height. */
export function FieldRow({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <dt className="py-1.5 text-text-muted">{label}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  );
}

export function FieldText({ children }: { children: ReactNode }) {
  return <span className="flex min-h-8 flex-wrap items-center gap-x-1.5 gap-y-1">{children}</span>;
}
