import { Fragment, type ReactNode, useId } from "react";

type Props = {
  title: ReactNode;
  rows: readonly { label: string; value: ReactNode }[];
  children?: ReactNode;
};

/** What a record will be, as the server has worked it out. */
export function RecordPreview({ title, rows, children }: Props) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="rounded-md border border-line bg-canvas p-3">
      <h3 id={id} className="mb-1 font-medium text-sm">
        {title}
      </h3>
      {children}
      <dl className="grid grid-cols-[6rem_minmax(0,1fr)] gap-x-3 gap-y-0.5">
        {rows.map(({ label, value }) => (
          <Fragment key={label}>
            <dt className="text-text-muted">{label}</dt>
            <dd className="flex min-w-0 flex-wrap gap-1 break-words">{value || "–"}</dd>
          </Fragment>
        ))}
      </dl>
    </section>
  );
}
