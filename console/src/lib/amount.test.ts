import { i18n } from "@lingui/core";
import { afterEach, expect, test } from "vitest";
import { amountText, parseAmount } from "./amount";

const locale = i18n.locale;

afterEach(() => i18n.loadAndActivate({ locale, messages: {} }));

test("reads amounts in minor units, as many as the currency has", () => {
  expect(parseAmount("1250.5", "EUR")).toBe(125_050);
  expect(parseAmount(" 1,250,000 ", "EUR")).toBe(125_000_000);
  expect(parseAmount("1250", "JPY")).toBe(1250);
  expect(parseAmount("0.125", "KWD")).toBe(125);
});

test("takes nothing for an amount that may mean another one", () => {
  for (const text of ["", "a lot", "-5", "1.255", "1,25", "12,50.00", "1.2.3", "1e9", "99999999999999999"]) {
    expect(parseAmount(text, "EUR"), text).toBeNull();
  }
  expect(parseAmount("12.5", "JPY")).toBeNull();
});

test("reads and writes the signs of the language", () => {
  i18n.loadAndActivate({ locale: "de", messages: {} });
  expect(parseAmount("1.250,50", "EUR")).toBe(125_050);
  expect(parseAmount("12.50", "EUR")).toBeNull();
  expect(amountText({ amount: 125_050, currency: "EUR" })).toBe("1250,50");
  expect(amountText({ amount: 125_000, currency: "EUR" })).toBe("1250");
});
