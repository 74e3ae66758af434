import { t } from "@lingui/core/macro";
import * as z from "zod/mini";
import type { CustomField } from "@/api/custom-fields";
import type { components } from "@/api/schema";
import { fieldTypes, linkTypes } from "./field-types";

type Schemas = components["schemas"];

const isNumber = (text: string) => text === "" || Number.isFinite(Number(text));
const numberText = z.string().check(z.trim(), z.refine(isNumber, { error: () => t`This is not a number` }));

export const fieldSchema = z
  .object({
    label: z.string().check(z.trim(), z.minLength(1, { error: () => t`Name is required` })),
    key: z
      .string()
      .check(
        z.trim(),
        z.regex(/^[a-z][A-Za-z0-9]*$/, { error: () => t`Letters and digits, a small letter first` }),
      ),
    type: z.enum(fieldTypes),
    isRequired: z.boolean(),
    maxLength: numberText,
    decimals: numberText,
    min: numberText,
    max: numberText,
    currencies: z.string().check(z.trim()),
    options: z.array(z.object({ value: z.string(), label: z.string(), isArchived: z.boolean() })),
    targets: z.array(z.enum(linkTypes)),
  })
  .check(
    z.refine((field) => !hasOptions(field.type) || field.options.some(({ label }) => label.trim() !== ""), {
      path: ["options"],
      error: () => t`Add at least one option`,
      when: () => true,
    }),
    z.refine((field) => field.type !== "link" || field.targets.length > 0, {
      path: ["targets"],
      error: () => t`Choose at least one`,
      when: () => true,
    }),
  );

export type FieldInput = z.output<typeof fieldSchema>;

const hasOptions = (type: CustomField["type"]) => type === "select" || type === "multiSelect";

export const emptyField: FieldInput = {
  label: "",
  key: "",
  type: "text",
  isRequired: false,
  maxLength: "",
  decimals: "",
  min: "",
  max: "",
  currencies: "",
  options: [],
  targets: [],
};

const text = (value: number | null) => (value === null ? "" : String(value));

export const inputOf = (field: CustomField): FieldInput => ({
  label: field.label,
  key: field.key,
  type: field.type,
  isRequired: field.isRequired,
  maxLength: text(field.maxLength),
  decimals: text(field.decimals),
  min: text(field.min),
  max: text(field.max),
  currencies: field.currencies?.join(", ") ?? "",
  options: field.options ?? [],
  targets: field.targets ?? [],
});

const number = (value: string) => (value === "" ? null : Number(value));

/** What the server is told of a field besides its key and type: only what its type has. */
export function contentOf(input: FieldInput): Schemas["UpdateCustomField"] {
  const { label, isRequired, type } = input;
  return {
    label,
    isRequired,
    ...(type === "text" && { maxLength: number(input.maxLength) }),
    ...(type === "number" && {
      decimals: number(input.decimals),
      min: number(input.min),
      max: number(input.max),
    }),
    ...(type === "money" && { currencies: input.currencies.toUpperCase().match(/[A-Z]{3}/g) ?? [] }),
    ...(hasOptions(type) && {
      options: input.options
        .filter((option) => option.label.trim() !== "")
        .map((option) => ({
          ...option,
          value: option.value || option.label.trim(),
          label: option.label.trim(),
        })),
    }),
    ...(type === "link" && { targets: input.targets }),
  };
}

/** A key for a name: "Annual revenue" is `annualRevenue`. */
export function keyFor(label: string): string {
  const words = label
    .replaceAll("ß", "ss")
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean);
  return words
    .map((word, index) =>
      index === 0 ? word.toLowerCase() : word.charAt(0).toUpperCase() + word.slice(1).toLowerCase(),
    )
    .join("")
    .replace(/^[^a-z]+/, "");
}
