import { Trans } from "@lingui/react/macro";
import { FormError } from "./form-error";
import { Button } from "./ui/button";

type Props = { onKeepMine: () => void; onTakeTheirs: () => void };

/** Somebody else changed what the form is about while it was filled in. */
export function StaleError({ onKeepMine, onTakeTheirs }: Props) {
  return (
    <FormError>
      <Trans>Somebody changed it in the meantime.</Trans>
      <span className="mt-2 flex flex-wrap gap-2">
        <Button size="small" onClick={onKeepMine}>
          <Trans>Save mine all the same</Trans>
        </Button>
        <Button size="small" onClick={onTakeTheirs}>
          <Trans>Take theirs</Trans>
        </Button>
      </span>
    </FormError>
  );
}
