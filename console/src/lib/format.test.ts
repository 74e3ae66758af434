import { afterEach, expect, test } from "vitest";
import { usePreferences } from "@/stores/preferences";
import {
  dayOf,
  formatDate,
  formatDateTime,
  formatDay,
  formatDuration,
  formatMoney,
  formatRelative,
  nextDay,
  startOfDay,
} from "./format";

afterEach(() => usePreferences.setState(usePreferences.getInitialState()));

const inZone = (timeZone: string) => usePreferences.setState({ timeZone });

const zones = [
  "Pacific/Kiritimati",
  "Pacific/Pago_Pago",
  "Europe/Berlin",
  "America/New_York",
  "Asia/Kathmandu",
];

test.each(zones)("a calendar day is the same day in %s", (zone) => {
  inZone(zone);
  expect(formatDay("2026-01-31")).toBe("Jan 31, 2026");
});

test("an instant is on the day that the user's clock shows", () => {
  inZone("Pacific/Kiritimati");
  expect(formatDate("2026-01-31T12:00:00Z")).toBe("Feb 1, 2026");
  expect(dayOf("2026-01-31T12:00:00Z")).toBe("2026-02-01");
  inZone("Pacific/Pago_Pago");
  expect(formatDate("2026-01-31T10:00:00Z")).toBe("Jan 30, 2026");
});

test("clocks that were put forward are", () => {
  inZone("Europe/Berlin");
  expect(formatDateTime("2026-03-29T00:59:00Z")).toContain("1:59");
  expect(formatDateTime("2026-03-29T01:00:00Z")).toContain("3:00");
});

test.each([
  ["Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00.000Z"],
  ["Europe/Berlin", "2026-03-30", "2026-03-29T22:00:00.000Z"],
  ["America/New_York", "2026-11-01", "2026-11-01T04:00:00.000Z"],
  ["America/New_York", "2026-11-02", "2026-11-02T05:00:00.000Z"],
  ["Asia/Kathmandu", "2026-07-01", "2026-06-30T18:15:00.000Z"],
  ["Pacific/Kiritimati", "2026-01-01", "2025-12-31T10:00:00.000Z"],
])("in %s the day %s begins at %s", (zone, day, instant) => {
  inZone(zone);
  expect(startOfDay(day)).toBe(instant);
  expect(dayOf(instant)).toBe(day);
});

test("the day after the last of a month is the first of the next", () => {
  expect(nextDay("2028-02-28")).toBe("2028-02-29");
  expect(nextDay("2026-12-31")).toBe("2027-01-01");
});

test("money has as many decimals as its currency", () => {
  expect(formatMoney(123_456, "EUR")).toBe("€1,234.56");
  expect(formatMoney(123_456, "JPY")).toBe("¥123,456");
  expect(formatMoney(123_456, "KWD")).toContain("123.456");
});

test.each([
  ["2026-03-01T11:59:30Z", "now"],
  ["2026-03-01T12:00:02Z", "now"],
  ["2026-03-01T11:57:00Z", "3 min. ago"],
  ["2026-02-28T12:00:00Z", "yesterday"],
  ["2026-03-03T12:00:00Z", "in 2 days"],
])("%s is %s", (instant, words) => {
  expect(formatRelative(instant, Date.parse("2026-03-01T12:00:00Z"))).toBe(words);
});

test("a length of time is told in its largest unit", () => {
  expect(formatDuration(30)).toBe("1 minute");
  expect(formatDuration(3 * 86_400 + 5)).toBe("3 days");
});
