import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import { addDays } from "@/lib/format";

/** Days to count, both included. What is absent is up to the server: the last 30 days. */
export type Days = { from?: string; to?: string };

export const presets = ["7d", "30d", "90d", "month", "year", "custom"] as const;
export type Preset = (typeof presets)[number];

export const presetLabels: Record<Preset, MessageDescriptor> = {
  "7d": msg`Last 7 days`,
  "30d": msg`Last 30 days`,
  "90d": msg`Last 90 days`,
  month: msg`This month`,
  year: msg`This year`,
  custom: msg`From … to …`,
};

const isDay = /^\d{4}-\d{2}-\d{2}$/;

/** Reads the period from the URL. */
export function readPeriod(parameters: URLSearchParams): { preset: Preset; from: string; to: string } {
  const day = (name: string) => {
    const value = parameters.get(name) ?? "";
    return isDay.test(value) ? value : "";
  };
  const asked = presets.find((known) => known === parameters.get("period")) ?? "30d";
  const from = day("from");
  const to = day("to");
  return { preset: from || to ? "custom" : asked, from, to };
}

/** The first day of a preset, whose last day is today. */
export function firstDay(preset: Preset, today: string): string {
  switch (preset) {
    case "7d":
      return addDays(today, -6);
    case "90d":
      return addDays(today, -89);
    case "month":
      return `${today.slice(0, 8)}01`;
    case "year":
      return `${today.slice(0, 5)}01-01`;
    default:
      return addDays(today, -29);
  }
}
