import { clsx } from "clsx";
import type { ReactNode } from "react";

type Props = {
  /** Names the table. */
  label: string;
  /** The first one names the row; the others are numbers unless said otherwise. */
  head: readonly ReactNode[];
  /** Columns of words, by their place. */
  texts?: readonly number[];
  rows: readonly { key: string; cells: readonly ReactNode[] }[];
};

/** Few rows, all of them shown. A list of records is a `DataGrid`. */
export function Table({ label, head, texts = [], rows }: Props) {
  const align = (index: number) => (index === 0 || texts.includes(index) ? "text-start" : "text-end");
  return (
    <table aria-label={label} className="w-full border-collapse">
      <thead>
        <tr className="border-b text-sm text-text-muted">
          {head.map((cell, index) => (
            <th
              // biome-ignore lint/suspicious/noArrayIndexKey: columns stay as they are
              key={index}
              scope="col"
              className={clsx("px-2 py-1.5 font-medium first:ps-0 last:pe-0", align(index))}
            >
              {cell}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, cells: [name, ...others] }) => (
          <tr key={key} className="border-b last:border-b-0">
            <th scope="row" className="py-1.5 pe-2 text-start font-normal">
              {name}
            </th>
            {others.map((cell, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns stay as they are
              <td key={index} className={clsx("px-2 py-1.5 last:pe-0", align(index + 1))}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
