import { useLingui } from "@lingui/react/macro";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Building2, CheckSquare, File, type LucideIcon, UserRound } from "lucide-react";
import { client } from "@/api/client";
import { unwrap } from "@/api/errors";
import type { Command, NavigationEntry } from "@/lib/feature";
import { recordPath } from "@/lib/record-path";
import { useDebounce } from "@/lib/use-debounce";
import { useRecent } from "@/stores/recent";
import { byRank } from "./rank";

export type PaletteEntry = { name: string; to: string; icon: LucideIcon; context?: string; keys?: string };

/** Records of plugins have none of their own. */
const icons: Record<string, LucideIcon> = { lead: UserRound, customer: Building2, task: CheckSquare };

/** What fits what is typed. Places and commands need no network; records come when typing rests. */
export function usePaletteGroups(query: string, navigation: NavigationEntry[], commands: Command[]) {
  const { t, i18n } = useLingui();
  const recent = useRecent((state) => state.records);
  const rested = useDebounce(query.trim());
  const search = useQuery({
    queryKey: ["search", rested],
    queryFn: ({ signal }) => unwrap(client.GET("/api/search", { params: { query: { q: rested } }, signal })),
    enabled: rested.length > 1,
    placeholderData: keepPreviousData,
  });

  const record = (type: string, id: string, name: string, context?: string): PaletteEntry[] => {
    const to = recordPath(type, id);
    return to ? [{ name, to, icon: icons[type] ?? File, ...(context && { context }) }] : [];
  };
  const places = navigation.map(
    ({ to, label, icon, key }): PaletteEntry => ({
      name: i18n._(label),
      to,
      icon,
      ...(key && { keys: `g ${key}` }),
    }),
  );
  const acts = commands.map(
    ({ to, label, icon, keys }): PaletteEntry => ({ name: i18n._(label), to, icon, ...(keys && { keys }) }),
  );
  const hits = query.trim().length > 1 ? (search.data?.hits ?? []) : [];
  const nameOf = ({ name }: PaletteEntry) => name;

  const groups = query.trim()
    ? [
        { value: t`Go to`, items: byRank(places, query, nameOf) },
        { value: t`Commands`, items: byRank(acts, query, nameOf) },
        {
          value: t`Records`,
          items: hits.flatMap(({ type, id, name, context }) => record(type, id, name, context)),
        },
      ]
    : [
        { value: t`Recent`, items: recent.flatMap(({ type, id, name }) => record(type, id, name)) },
        { value: t`Commands`, items: acts },
        { value: t`Go to`, items: places },
      ];
  return {
    groups: groups.filter(({ items }) => items.length > 0),
    isSearching: search.isFetching || rested !== query.trim(),
  };
}
