import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { customFieldsQuery } from "@/api/custom-fields";
import { FormError } from "@/components/form-error";
import { PageHeader } from "@/components/page-header";
import { describeProblem } from "@/components/problem";
import { Button } from "@/components/ui/button";
import { GuardedButton } from "@/components/ui/guarded-button";
import {
  doubledFields,
  fieldsOf,
  guessMapping,
  type Import,
  type ImportColumn,
  type ImportKind,
} from "../import-fields";
import { check, upload } from "../mutations";
import { FileStep, type Source } from "./file-step";
import { MappingTable } from "./mapping-table";
import { OptionFields, standardOptions } from "./option-fields";
import { PreviewTable } from "./preview-table";
import { readTable, type Table } from "./read-table";
import { type Step, Steps } from "./steps";

/** From a file to its check by the server. Until then all happens in the browser. */
export function Component() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [parameters, setParameters] = useSearchParams();
  const resource: ImportKind = parameters.get("resource") === "customer" ? "customer" : "lead";
  const [step, setStep] = useState<Step>("file");
  const [source, setSource] = useState<Source | null>(null);
  const [table, setTable] = useState<Table>({ columns: [], rows: [] });
  const [mapping, setMapping] = useState<ImportColumn[]>([]);
  const [options, setOptions] = useState(standardOptions);
  /** What was sent already, so that a refused check does not send it again. */
  const sent = useRef<Import | null>(null);

  const choose = async (chosen: Source) => {
    const read = await readTable(chosen.file, chosen.hasHeader);
    if (read.columns.length === 0) throw new Error("The file is empty");
    sent.current = null;
    setSource(chosen);
    setTable(read);
    const custom = await queryClient.ensureQueryData(customFieldsQuery(chosen.resource));
    setMapping(guessMapping(fieldsOf(chosen.resource, custom), read.columns));
    setStep("map");
  };
  const begin = useMutation({
    mutationFn: async (chosen: Source) => {
      sent.current ??= await upload(chosen);
      return check(sent.current.id, { mapping, ...options });
    },
    meta: { showsError: true },
    onSuccess: ({ id }) => navigate(`/imports/${id}`, { replace: true }),
  });
  const isMapped = mapping.some(({ field }) => field !== null);
  const refusal =
    doubledFields(mapping).length > 0
      ? t`Two columns are to hold the same`
      : !isMapped && t`Say what at least one column holds`;

  return (
    <>
      <PageHeader title={t`New import`}>
        <Steps current={step} />
      </PageHeader>
      <div className="flex flex-col gap-4 px-4 pb-6 sm:px-6">
        {begin.error && <FormError>{describeProblem(begin.error).title}</FormError>}
        {step === "file" && (
          <FileStep
            resource={resource}
            onResourceChange={(next) => setParameters({ resource: next }, { replace: true })}
            onChoose={choose}
          />
        )}
        {step === "map" && (
          <div className="flex max-w-3xl flex-col gap-6">
            <MappingTable
              resource={resource}
              mapping={mapping}
              samples={table.columns.map((_, index) => table.rows.map((row) => row[index] ?? ""))}
              onChange={setMapping}
            />
            <OptionFields options={options} onChange={setOptions} />
          </div>
        )}
        {step === "preview" && <PreviewTable resource={resource} mapping={mapping} rows={table.rows} />}
        {step !== "file" && (
          <div className="flex gap-2">
            <Button onClick={() => setStep(step === "map" ? "file" : "map")}>
              <Trans>Back</Trans>
            </Button>
            {step === "map" ? (
              <GuardedButton variant="primary" disabledReason={refusal} onClick={() => setStep("preview")}>
                <Trans>Preview</Trans>
              </GuardedButton>
            ) : (
              <Button
                variant="primary"
                pending={begin.isPending}
                onClick={() => source && begin.mutate(source)}
              >
                <Trans>Send and check all rows</Trans>
              </Button>
            )}
          </div>
        )}
      </div>
    </>
  );
}
