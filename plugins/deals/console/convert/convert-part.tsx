import { useLingui } from "@lingui/react/macro";
import { useImperativeHandle, useState } from "react";
import { useForm } from "react-hook-form";
import { client, ifUnchanged, once } from "@/api/client";
import { ApiError, fieldName, unwrap } from "@/api/errors";
import { Checkbox } from "@/components/ui/checkbox";
import type { Conversion, ConvertChoice, ConvertPartProps } from "@/lib/feature";
import { zodResolver } from "@/lib/zod-resolver";
import { ContentFields } from "../create/content-fields";
import { contentFields, contentOf, contentSchema, type DealInput, emptyDeal } from "../create/deal-schema";

/** A deal that begins with the customer that a lead becomes: both are made, or none. */
export default function ConvertPart({ lead, ref }: ConvertPartProps) {
  const { t } = useLingui();
  const [isWanted, setWanted] = useState(false);
  const form = useForm({
    resolver: zodResolver(contentSchema),
    defaultValues: { ...emptyDeal(), name: lead.company ?? lead.name },
  });

  const send = async (input: DealInput, choice: ConvertChoice): Promise<Conversion> => {
    try {
      const { deal, ...conversion } = await unwrap(
        client.POST("/api/deals/convert/{id}", {
          params: { path: { id: lead.id }, header: ifUnchanged(lead) },
          body: {
            ...(choice.customerId ? { customerId: choice.customerId } : { onDuplicate: "create" }),
            deal: contentOf(input),
          },
        }),
      );
      return { ...conversion, takeBack: () => archive(deal.id) };
    } catch (error) {
      for (const problem of error instanceof ApiError ? error.fields : []) {
        const field = contentFields.find((name) => fieldName(problem) === `deal.${name}`);
        if (field) form.setError(field, { message: problem.message }, { shouldFocus: true });
      }
      throw error;
    }
  };

  useImperativeHandle(ref, () => ({
    prepare: async () => {
      if (!isWanted) return "nothing";
      const valid: DealInput[] = [];
      await form.handleSubmit((input) => {
        valid.push(input);
      })();
      const [input] = valid;
      return input ? (choice) => send(input, choice) : "incomplete";
    },
  }));

  return (
    <div className="flex flex-col gap-4">
      <Checkbox label={t`Make a deal with this customer`} checked={isWanted} onCheckedChange={setWanted} />
      {isWanted && <ContentFields form={form} />}
    </div>
  );
}

const archive = (id: string) =>
  unwrap(client.DELETE("/api/deals/{id}", { params: { path: { id }, header: once() } }));
