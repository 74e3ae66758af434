import { Trans, useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { hasCode } from "@/api/errors";
import { applyProblem } from "@/components/apply-problem";
import { FormError } from "@/components/form-error";
import { StaleError } from "@/components/stale-error";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogFooter } from "@/components/ui/dialog";
import { zodResolver } from "@/lib/zod-resolver";
import { useCreateRule, useUpdateRule } from "./mutations";
import { type AssignmentRule, rulesQuery } from "./queries";
import { RuleForm } from "./rule-form";
import { contentOf, emptyRule, inputOf, type RuleInput, ruleSchema } from "./rule-schema";

const names = ["name", "users", "team", "strategy"] as const;

type Props = { rule: AssignmentRule | undefined; onClose: () => void };

/** Makes a rule, or changes one. */
export default function RuleDialog({ rule, onClose }: Props) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const [base, setBase] = useState(rule);
  const [theirs, setTheirs] = useState<AssignmentRule | null>(null);
  const form = useForm<RuleInput, unknown, RuleInput>({
    resolver: zodResolver(ruleSchema),
    defaultValues: rule ? inputOf(rule) : emptyRule,
  });
  const create = useCreateRule();
  const update = useUpdateRule();
  const { errors, isDirty } = form.formState;

  const save = (input: RuleInput, current: AssignmentRule | undefined) => {
    setTheirs(null);
    const content = contentOf(input);
    const onError = async (error: Error) => {
      if (!rule || !hasCode(error, "stale")) return applyProblem(error, names, form.setError);
      const now = await queryClient.fetchQuery({ ...rulesQuery, staleTime: 0 });
      setTheirs(now.find(({ id }) => id === rule.id) ?? null);
    };
    if (current) update.mutate({ rule: current, changes: content }, { onSuccess: onClose, onError });
    else create.mutate(content, { onSuccess: onClose, onError });
  };

  return (
    <Dialog
      open
      onOpenChange={onClose}
      dismissible={!isDirty}
      title={rule ? t`Edit the rule ${rule.name}` : t`New rule`}
    >
      <form
        noValidate
        onSubmit={form.handleSubmit((input) => save(input, base))}
        className="flex min-h-0 flex-col"
      >
        <DialogBody>
          {errors.root && <FormError>{errors.root.message}</FormError>}
          {theirs && (
            <StaleError
              onKeepMine={form.handleSubmit((input) => save(input, theirs))}
              onTakeTheirs={() => {
                setBase(theirs);
                form.reset(inputOf(theirs));
                setTheirs(null);
              }}
            />
          )}
          <RuleForm form={form} />
        </DialogBody>
        <DialogFooter>
          <Button onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" variant="primary" pending={create.isPending || update.isPending}>
            {rule ? <Trans>Save</Trans> : <Trans>Create rule</Trans>}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}
