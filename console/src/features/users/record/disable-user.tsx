import { Trans, useLingui } from "@lingui/react/macro";
import { type SubmitEvent, useState } from "react";
import type { User } from "@/api/users";
import { FormError } from "@/components/form-error";
import { describeProblem } from "@/components/problem";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogFooter } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { RadioList } from "@/components/ui/radio-list";
import { UserPicker } from "@/components/user-picker";
import { useDisableUser } from "../mutations";
import { Reassigned } from "./reassigned";

type Heir = { id: string; name: string };
type Fate = "keep" | "give" | "nobody";

/** Disables a user, once it is said what becomes of their records, and tells what became of them. */
export default function DisableUser({ user, onClose }: { user: User; onClose: () => void }) {
  const { t } = useLingui();
  const [fate, setFate] = useState<Fate>("keep");
  const [heir, setHeir] = useState<Heir | null>(null);
  const [isMissing, setMissing] = useState(false);
  const disable = useDisableUser();

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const isIncomplete = fate === "give" && !heir;
    setMissing(isIncomplete);
    if (isIncomplete) return;
    disable.mutate({
      id: user.id,
      ...(fate !== "keep" && { reassignTo: fate === "give" ? (heir?.id ?? null) : null }),
    });
  };

  if (disable.data) {
    return (
      <Dialog open onOpenChange={onClose} size="small" title={t`${user.name} is disabled`}>
        <DialogBody>
          <Reassigned result={disable.data} to={fate === "give" ? (heir?.name ?? null) : null} />
        </DialogBody>
        <DialogFooter>
          <Button variant="primary" onClick={onClose}>
            <Trans>Done</Trans>
          </Button>
        </DialogFooter>
      </Dialog>
    );
  }
  return (
    <Dialog open onOpenChange={onClose} title={t`Disable ${user.name}?`}>
      <form noValidate onSubmit={submit} className="flex min-h-0 flex-col">
        <DialogBody>
          {disable.error && <FormError>{describeProblem(disable.error).title}</FormError>}
          <p className="text-text-muted">
            <Trans>
              Their sessions end and their API keys stop working, at once. They can be enabled again.
            </Trans>
          </p>
          <RadioList<Fate>
            label={t`Their leads, customers, tasks and deals`}
            value={fate}
            onValueChange={setFate}
            options={[
              { value: "keep", label: t`stay with them` },
              { value: "give", label: t`go to somebody else` },
              { value: "nobody", label: t`belong to nobody` },
            ]}
          />
          {fate === "give" && (
            <Field label={t`Who gets them`} error={isMissing ? t`Choose somebody` : undefined} required>
              {(control) => (
                <UserPicker
                  {...control}
                  without={user.id}
                  placeholder={t`Search people`}
                  value={heir}
                  onValueChange={setHeir}
                />
              )}
            </Field>
          )}
        </DialogBody>
        <DialogFooter>
          <Button onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" variant="danger" pending={disable.isPending}>
            <Trans>Disable</Trans>
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}
