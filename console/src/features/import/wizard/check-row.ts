import { t } from "@lingui/core/macro";
import type { ImportColumn, ImportKind } from "../import-fields";

/**
 * What seems to be wrong with cells of a row, by columns. A hint before the file is sent: the server goes through all
 * rows, and decides.
 */
export function checkRow(
  row: readonly string[],
  mapping: readonly ImportColumn[],
  resource: ImportKind,
): Map<number, string> {
  const wrong = new Map<number, string>();
  const indexOf = (name: string) => mapping.findIndex(({ field }) => field === name);
  const cell = (index: number) => row[index]?.trim() ?? "";

  const name = indexOf("name");
  if (name >= 0 && cell(name) === "") wrong.set(name, t`Name is required`);
  const email = indexOf("emailId");
  if (email >= 0 && cell(email) !== "" && !/^\S+@\S+\.\S+$/.test(cell(email))) {
    wrong.set(email, t`This is no email address`);
  }
  const phone = indexOf("phone");
  const isReachable = [email, phone].some((index) => index >= 0 && cell(index) !== "");
  if (resource === "lead" && !isReachable) {
    wrong.set(Math.max(email, phone, 0), t`An email or a phone number is required`);
  }
  return wrong;
}
