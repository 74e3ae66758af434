import { useLingui } from "@lingui/react/macro";
import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, ifUnchanged, once } from "@/api/client";
import { hasCode, unwrap } from "@/api/errors";
import { useMay } from "@/api/me";
import { notifyError } from "@/components/problem";
import type { Conversion, ConvertChoice } from "@/lib/feature";
import { notify } from "@/stores/toast";
import { takeLead } from "../mutations";
import type { Lead } from "../status";
import { convertBody } from "./convert-queries";

/** Converting makes a customer, and perhaps more; tasks and deals are shown there too. */
function refresh(queryClient: QueryClient, lead: Lead): void {
  takeLead(queryClient, lead);
  for (const key of ["customers", "tasks", "deals"]) queryClient.invalidateQueries({ queryKey: [key] });
}

export const convertLead =
  (lead: Lead) =>
  (choice: ConvertChoice): Promise<Conversion> =>
    unwrap(
      client.POST("/api/leads/{id}/convert", {
        params: { path: { id: lead.id }, header: ifUnchanged(lead) },
        body: convertBody(choice),
      }),
    );

/** Undoes a conversion, and before that what was made along. */
export function useUnconvert() {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async ({ id, takeBack }: { id: string; takeBack?: Conversion["takeBack"] }) => {
      await takeBack?.();
      return unwrap(client.POST("/api/leads/{id}/unconvert", { params: { path: { id }, header: once() } }));
    },
    meta: { showsError: true },
    onSuccess: (lead) => {
      refresh(queryClient, lead);
      notify({ title: t`The conversion of ${lead.name} is undone` });
    },
    onError: (error) => {
      if (!hasCode(error, "in-use")) return notifyError(error);
      notify({
        title: t`The conversion cannot be undone any more`,
        description: t`Something was done with the customer since.`,
        type: "error",
      });
    },
  });
}

type Convert = { choice: ConvertChoice; send: (choice: ConvertChoice) => Promise<Conversion> };

/** Converts a lead, and offers to undo it to who may. */
export function useConvert() {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const mayUndo = useMay("lead:manage");
  const unconvert = useUnconvert();
  return useMutation({
    mutationFn: ({ choice, send }: Convert) => send(choice),
    meta: { showsError: true },
    onSuccess: ({ lead, customer, takeBack }) => {
      refresh(queryClient, lead);
      notify({
        title: t`${lead.name} is now the customer ${customer.name}`,
        ...(mayUndo && {
          undo: { label: t`Undo`, run: () => unconvert.mutate({ id: lead.id, takeBack }) },
        }),
      });
    },
  });
}
