import { useQuery } from "@tanstack/react-query";
import { type Days, firstDay, type Preset } from "./period";
import { todayQuery } from "./queries";

/** The days that a period stands for; `null` as long as it is unknown which day it is for the workspace. */
export function useDays({ preset, from, to }: { preset: Preset; from: string; to: string }): Days | null {
  const needsToday = preset !== "30d" && preset !== "custom";
  const { data: today } = useQuery({ ...todayQuery, enabled: needsToday });
  if (preset === "30d") return {};
  if (preset === "custom") return { ...(from && { from }), ...(to && { to }) };
  return today ? { from: firstDay(preset, today), to: today } : null;
}
