import { formatList, formatMoney } from "@/lib/format";
import type { Sum } from "./deal";

/** Sums in several currencies stand beside each other: they cannot be added up. */
export const formatSums = (sums: readonly Pick<Sum, "amount" | "currency">[]) =>
  formatList(sums.map(({ amount, currency }) => formatMoney(amount, currency)));
