import type { Label } from "@/lib/label";

type Named = { label: Label };

/** A way to narrow a list. Names are those of the list's parameters, which the URL has too. */
export type FilterField = Named &
  (
    | {
        kind: "options";
        name: string;
        options: readonly { value: string; label: Label }[];
        isSingle?: boolean;
      }
    | { kind: "user"; name: string /** The flag that is false when there is nobody. */; presence?: string }
    | { kind: "tag"; name: string; resource: "lead" | "customer" }
    | { kind: "text"; name: string }
    | { kind: "record"; name: string; type: "customer" }
    /** Two parameters that bound an instant, the end excluded. */
    | { kind: "instants"; from: string; to: string }
    /** Two parameters that bound a number, both included. */
    | { kind: "numbers"; from: string; to: string }
    /** Two parameters that bound an amount, such as `12.50 EUR`, both included. */
    | { kind: "amounts"; from: string; to: string; currencies: readonly string[] }
    /** Two parameters that bound a calendar day, both included. */
    | { kind: "days"; from: string; to: string }
  );

/** The parameters that a field has its value in. */
export function namesOf(field: FilterField): string[] {
  switch (field.kind) {
    case "instants":
    case "numbers":
    case "amounts":
    case "days":
      return [field.from, field.to];
    case "user":
      return field.presence ? [field.name, field.presence] : [field.name];
    default:
      return [field.name];
  }
}

export const isSet = (field: FilterField, parameters: URLSearchParams) =>
  namesOf(field).some((name) => parameters.has(name));
