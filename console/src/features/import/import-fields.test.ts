import { expect, test } from "vitest";
import { someField } from "@/testing/custom-fields";
import { doubledFields, fieldsOf, guessMapping } from "./import-fields";
import { checkRow } from "./wizard/check-row";

test("guesses what columns hold by their names, each field once", () => {
  expect(
    guessMapping(fieldsOf("lead"), ["Full Name", "E-Mail", "Email address", "Firma", "Shoe size"]),
  ).toEqual([
    { column: "Full Name", field: "name" },
    { column: "E-Mail", field: "emailId" },
    { column: "Email address", field: null },
    { column: "Firma", field: "company" },
    { column: "Shoe size", field: null },
  ]);
});

test("knows no status of customers, and their owner by other names", () => {
  expect(guessMapping(fieldsOf("customer"), ["Status", "Account owner"]).map(({ field }) => field)).toEqual([
    null,
    "owner",
  ]);
});

test("finds the fields that two columns are to hold", () => {
  const mapping = [
    { column: "a", field: "name" },
    { column: "b", field: null },
    { column: "c", field: "name" },
    { column: "d", field: null },
  ];
  expect(doubledFields(mapping)).toEqual(["name"]);
});

test("says what seems to be wrong in a row", () => {
  const mapping = guessMapping(fieldsOf("lead"), ["name", "email"]);
  expect([...checkRow(["Ada", "ada@example.org"], mapping, "lead")]).toEqual([]);
  expect([...checkRow(["", "nonsense"], mapping, "lead")]).toEqual([
    [0, "Name is required"],
    [1, "This is no email address"],
  ]);
  expect([...checkRow(["Ada", ""], mapping, "lead")]).toEqual([
    [1, "An email or a phone number is required"],
  ]);
  expect([...checkRow(["Ada", ""], mapping, "customer")]).toEqual([]);
});

test("knows custom fields by their keys and names", () => {
  const fields = fieldsOf("lead", [someField(1, { key: "annualRevenue", label: "Revenue a year" })]);
  expect(guessMapping(fields, ["custom.annualRevenue", "Revenue a year"]).map(({ field }) => field)).toEqual([
    "custom.annualRevenue",
    null,
  ]);
  expect(guessMapping(fields, ["annual revenue"])[0]?.field).toBe("custom.annualRevenue");
});
