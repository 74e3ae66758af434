export type Table = { columns: string[]; rows: string[][] };

/** How many rows are shown before the file is sent. */
const shownRows = 100;
/** Enough for that many rows, however long they are. */
const readBytes = 2_000_000;

/** Reads the beginning of a CSV file. */
export async function readTable(file: File, hasHeader: boolean): Promise<Table> {
  const { default: Papa } = await import("papaparse");
  const text = await file.slice(0, readBytes).text();
  const { data } = Papa.parse<string[]>(text.replace(/^\uFEFF/, ""), {
    preview: shownRows + 1,
    skipEmptyLines: "greedy",
  });
  const [first = [], ...others] = data;
  if (hasHeader) return { columns: first.map((name) => name.trim()), rows: others };
  // As the server names them.
  return { columns: first.map((_, index) => String(index + 1)), rows: data.slice(0, shownRows) };
}
