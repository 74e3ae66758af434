import { create } from "zustand";

/** `type` is what the API calls its kind of record. */
type RecentRecord = { type: string; id: string; name: string };

/** The records that were opened last, for as long as the tab lives. */
export const useRecent = create<{ records: RecentRecord[] }>(() => ({ records: [] }));

export function rememberRecent(record: RecentRecord): void {
  useRecent.setState(({ records }) => ({
    records: [record, ...records.filter(({ id }) => id !== record.id)].slice(0, 6),
  }));
}
