import { beforeEach, expect, test } from "vitest";
import type { CustomField } from "@/api/custom-fields";
import { usePreferences } from "@/stores/preferences";
import { someField } from "@/testing/custom-fields";
import type { Value } from "./custom-value";
import { draftOf, readDraft } from "./draft";

beforeEach(() => usePreferences.setState({ timeZone: "Asia/Tokyo", currency: "USD" }));

test("what a record holds is what is typed, and back", () => {
  const cases: [CustomField, Value, unknown][] = [
    [someField(1), "text", "text"],
    [someField(1, { type: "number" }), 12.5, "12.5"],
    [someField(1, { type: "bool" }), false, "false"],
    [someField(1, { type: "date" }), "2026-01-31", "2026-01-31"],
    [someField(1, { type: "datetime" }), "2026-01-31T11:00:00.000Z", "2026-01-31T20:00"],
    [
      someField(1, { type: "money", currencies: [] }),
      { amount: 1250, currency: "EUR" },
      { amount: "12.50", currency: "EUR" },
    ],
    [someField(1, { type: "multiSelect" }), ["a", "b"], ["a", "b"]],
    [someField(1, { type: "link" }), { type: "lead", id: "x" }, { type: "lead", id: "x" }],
  ];
  for (const [field, value, draft] of cases) {
    expect(draftOf(field, value)).toEqual(draft);
    expect(readDraft(field, draftOf(field, value))).toEqual(value);
  }
});

test("nothing is null, whatever the type", () => {
  for (const type of [
    "text",
    "number",
    "money",
    "date",
    "datetime",
    "bool",
    "select",
    "multiSelect",
    "link",
  ] as const) {
    const field = someField(1, { type });
    expect(readDraft(field, draftOf(field, undefined))).toBeNull();
  }
});

test("what is no number or amount makes no sense", () => {
  expect(readDraft(someField(1, { type: "number" }), "a dozen")).toBeUndefined();
  expect(readDraft(someField(1, { type: "number" }), "12,5")).toBe(12.5);
  expect(readDraft(someField(1, { type: "money" }), { amount: "much", currency: "EUR" })).toBeUndefined();
});

test("money begins with the currency of the field, or the one used last", () => {
  expect(draftOf(someField(1, { type: "money", currencies: ["CHF", "EUR"] }), undefined)).toEqual({
    amount: "",
    currency: "CHF",
  });
  expect(draftOf(someField(1, { type: "money", currencies: [] }), undefined)).toEqual({
    amount: "",
    currency: "USD",
  });
});
