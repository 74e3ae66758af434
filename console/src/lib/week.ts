import { addDays, dayOf } from "./format";
import { intlLocale } from "./i18n";

type WeekInfo = { firstDay: number };

/** Which day begins the week where the user lives, from 1 for Monday to 7. */
function firstDay(): number {
  // Newer than the types of TypeScript; Firefox lacks it.
  const locale: Intl.Locale & { getWeekInfo?: () => WeekInfo; weekInfo?: WeekInfo } = new Intl.Locale(
    intlLocale(),
  );
  return (locale.getWeekInfo?.() ?? locale.weekInfo)?.firstDay ?? 1;
}

/** The first day of the week that a day is in. */
export function startOfWeek(isoDay: string): string {
  const weekday = new Date(`${isoDay}T00:00:00Z`).getUTCDay() || 7;
  return addDays(isoDay, -((weekday - firstDay() + 7) % 7));
}

export const daysOfWeek = (start: string) => Array.from({ length: 7 }, (_, index) => addDays(start, index));

export const today = () => dayOf(new Date().toISOString());
