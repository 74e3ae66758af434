import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { FormError } from "@/components/form-error";
import { describeProblem } from "@/components/problem";
import { Button } from "@/components/ui/button";
import { GuardedButton } from "@/components/ui/guarded-button";
import { doubledFields, type Import } from "../import-fields";
import { useCheck } from "../mutations";
import { MappingTable } from "../wizard/mapping-table";
import { OptionFields } from "../wizard/option-fields";

/** Says anew what the columns hold, when the file is on the server already. */
export function Remap({ data, onDone }: { data: Import; onDone: () => void }) {
  const { t } = useLingui();
  const [mapping, setMapping] = useState(data.mapping);
  const { mode, matchBy, onDuplicate } = data;
  const [options, setOptions] = useState({ mode, matchBy, onDuplicate });
  const check = useCheck(data.id);
  return (
    <div className="flex max-w-3xl flex-col gap-6">
      {check.error && <FormError>{describeProblem(check.error).title}</FormError>}
      <MappingTable resource={data.resource} mapping={mapping} onChange={setMapping} />
      <OptionFields options={options} onChange={setOptions} />
      <div className="flex gap-2">
        {data.state !== "ready" && (
          <Button onClick={onDone}>
            <Trans>Cancel</Trans>
          </Button>
        )}
        <GuardedButton
          variant="primary"
          pending={check.isPending}
          disabledReason={doubledFields(mapping).length > 0 && t`Two columns are to hold the same`}
          onClick={() => check.mutate({ mapping, ...options }, { onSuccess: onDone })}
        >
          <Trans>Check all rows</Trans>
        </GuardedButton>
      </div>
    </div>
  );
}
