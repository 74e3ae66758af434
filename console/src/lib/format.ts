import { usePreferences } from "@/stores/preferences";
import { intlLocale } from "./i18n";

/** Formatters are costly to make and lists ask for thousands of texts: each is made once for a locale and a zone. */
function remembered<Formatter>(make: (locale: string, timeZone: string | undefined) => Formatter) {
  const made = new Map<string, Formatter>();
  return () => {
    const locale = intlLocale();
    const timeZone = usePreferences.getState().timeZone ?? undefined;
    const key = `${locale} ${timeZone}`;
    const formatter = made.get(key) ?? make(locale, timeZone);
    made.set(key, formatter);
    return formatter;
  };
}

const date = remembered(
  (locale, timeZone) => new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone }),
);
const dateTime = remembered(
  (locale, timeZone) =>
    new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", timeZone }),
);
const day = remembered((locale) => new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" }));
// Swedish writes dates as ISO 8601 does.
const isoDay = remembered((_, timeZone) => new Intl.DateTimeFormat("sv-SE", { timeZone }));
const weekday = remembered(
  (locale) => new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", timeZone: "UTC" }),
);
const longDay = remembered(
  (locale) =>
    new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" }),
);
const shortDay = remembered(
  (locale) => new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: "UTC" }),
);
const month = remembered(
  (locale) => new Intl.DateTimeFormat(locale, { month: "short", year: "numeric", timeZone: "UTC" }),
);
const time = remembered(
  (locale, timeZone) => new Intl.DateTimeFormat(locale, { timeStyle: "short", timeZone }),
);
const relative = remembered(
  (locale) => new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" }),
);
const number = remembered((locale) => new Intl.NumberFormat(locale));
const percent = remembered(
  (locale) => new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 }),
);
const list = remembered((locale) => new Intl.ListFormat(locale, { type: "conjunction" }));

/** The day of an instant, in the user's zone. */
export const formatDate = (instant: string) => date().format(new Date(instant));

export const formatDateTime = (instant: string) => dateTime().format(new Date(instant));

/** A calendar day such as `2026-01-31`, which is the same in every zone. */
export const formatDay = (isoDay: string) => day().format(new Date(`${isoDay}T00:00:00Z`));

/** A day as the head of a column: "Mon 5". */
export const formatWeekday = (isoDay: string) => weekday().format(new Date(`${isoDay}T00:00:00Z`));

/** "Jan 5" */
export const formatShortDay = (isoDay: string) => shortDay().format(new Date(`${isoDay}T00:00:00Z`));

/** A month such as `2026-01`: "Jan 2026". */
export const formatMonth = (isoMonth: string) => month().format(new Date(`${isoMonth}-01T00:00:00Z`));

/** "Monday, January 5" */
export const formatLongDay = (isoDay: string) => longDay().format(new Date(`${isoDay}T00:00:00Z`));

/** The time of day of an instant, in the user's zone. */
export const formatTime = (instant: string) => time().format(new Date(instant));

/** From one day to another: "Jan 5 – 11, 2026". */
export const formatDays = (from: string, to: string) =>
  day().formatRange(new Date(`${from}T00:00:00Z`), new Date(`${to}T00:00:00Z`));

export const formatNumber = (value: number) => number().format(value);

/** `0.25` is 25 %. */
export const formatPercent = (share: number) => percent().format(share);

export const formatList = (items: string[]) => list().format(items);

const moneyFormats = new Map<string, Intl.NumberFormat>();

function moneyFormat(currency: string, isShort: boolean): Intl.NumberFormat {
  const key = `${intlLocale()} ${currency} ${isShort}`;
  const short = { notation: "compact", maximumFractionDigits: 1 } as const;
  const format =
    moneyFormats.get(key) ??
    new Intl.NumberFormat(intlLocale(), {
      style: "currency",
      currency,
      trailingZeroDisplay: "stripIfInteger",
      ...(isShort && short),
    });
  moneyFormats.set(key, format);
  return format;
}

const majorUnits = (minorUnits: number, currency: string) =>
  minorUnits / 10 ** (moneyFormat(currency, false).resolvedOptions().maximumFractionDigits ?? 2);

/** An amount in minor units, such as cents, of a currency in ISO 4217. */
export const formatMoney = (minorUnits: number, currency: string) =>
  moneyFormat(currency, false).format(majorUnits(minorUnits, currency));

/** The same where there is little room: "€1.2M". */
export const formatShortMoney = (minorUnits: number, currency: string) =>
  moneyFormat(currency, true).format(majorUnits(minorUnits, currency));

const spans: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 365 * 86_400],
  ["month", 30 * 86_400],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** How long ago or ahead, in the largest unit that fits: "3 hr. ago". */
export function formatRelative(instant: string, now = Date.now()): string {
  const seconds = (Date.parse(instant) - now) / 1000;
  const [unit, length] = spans.find(([, span]) => Math.abs(seconds) >= span) ?? (["second", 1] as const);
  // Clocks of server and browser differ a little; nothing has just happened in the future.
  const amount = unit === "second" ? 0 : Math.trunc(seconds / length);
  return relative().format(amount, unit);
}

/** A length of time in its largest unit: "3 days". */
export function formatDuration(seconds: number): string {
  const [unit, length] = spans.find(([, span]) => seconds >= span) ?? (["minute", 60] as const);
  const format = new Intl.NumberFormat(intlLocale(), { style: "unit", unit, unitDisplay: "long" });
  return format.format(Math.max(1, Math.trunc(seconds / length)));
}

/** The instant at which clocks in the user's zone show this: `2026-01-31T14:30`, as `datetime-local` inputs have it. */
export function instantAt(wallTime: string): string {
  const { timeZone } = usePreferences.getState();
  // Without a zone the browser's is meant, in which it reads it by itself.
  if (!timeZone) return new Date(wallTime).toISOString();
  const time = Date.parse(`${wallTime}Z`);
  const guess = time - offset(time, timeZone);
  // The offset at the guess may differ from that at the same time in UTC when clocks change in between.
  return new Date(time - offset(guess, timeZone)).toISOString();
}

/** What clocks in the user's zone show at an instant, to the minute. */
export function wallTimeAt(instant: string): string {
  const { timeZone } = usePreferences.getState();
  const shown = new Date(instant).toLocaleString("sv-SE", { ...(timeZone && { timeZone }) });
  return shown.slice(0, 16).replace(" ", "T");
}

/** The first instant of a calendar day in the user's zone, as lists take it: `createdFrom`. */
export const startOfDay = (isoDay: string) => instantAt(`${isoDay}T00:00`);

/** The calendar day so many days later. */
export function addDays(isoDay: string, days: number): string {
  return new Date(Date.parse(`${isoDay}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

export const nextDay = (isoDay: string) => addDays(isoDay, 1);

function offset(instant: number, timeZone: string): number {
  const local = new Date(instant).toLocaleString("sv-SE", { timeZone });
  return Date.parse(`${local.replace(" ", "T")}Z`) - Math.trunc(instant / 1000) * 1000;
}

/** The calendar day on which an instant is in the user's zone: `2026-01-31`. */
export const dayOf = (instant: string) => isoDay().format(new Date(instant));
