import { useSuspenseQuery } from "@tanstack/react-query";
import { Blocks } from "lucide-react";
import { metaQuery, useMe } from "@/api/me";
import type { NavigationEntry } from "@/lib/feature";
import { features } from "../features";

const navigation = features.flatMap((feature) => feature.navigation ?? []);
const commands = features.flatMap((feature) => feature.commands ?? []);

/** Where one may go, and what one may begin. */
export function usePlaces() {
  const { permissions } = useMe();
  const may = ({ permission }: { permission?: string }) =>
    permission === undefined || permissions.some((grant) => grant.permission === permission);
  return { navigation: [...navigation.filter(may), ...usePluginPlaces()], commands: commands.filter(may) };
}

/** The places of plugins that this program has no screens for, but views: the server tells those that one may see. */
function usePluginPlaces(): NavigationEntry[] {
  const { navigation: entries, views } = useSuspenseQuery(metaQuery).data;
  return entries
    .filter(
      ({ path }) => views.some(({ place }) => place === path) && navigation.every(({ to }) => to !== path),
    )
    .map(({ label, path }) => ({ to: path, label: { id: label }, icon: Blocks }));
}
