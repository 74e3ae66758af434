import { Trans, useLingui } from "@lingui/react/macro";
import { Check, Copy } from "lucide-react";
import { useRef, useState } from "react";
import { Button } from "./ui/button";
import { Field } from "./ui/field";
import { Input } from "./ui/input";

type Props = { label: string; value: string; description?: string };

/** A secret that is shown this once, to be copied. */
export function CopyField({ label, value, description }: Props) {
  const { t } = useLingui();
  const input = useRef<HTMLInputElement>(null);
  const [isCopied, setCopied] = useState(false);

  const copy = async () => {
    input.current?.select();
    try {
      await navigator.clipboard.writeText(value);
      setCopied(true);
    } catch {
      // Without the clipboard, as over plain HTTP, what is selected can be copied by hand.
      setCopied(false);
    }
  };

  return (
    <Field label={label} description={description}>
      {(control) => (
        <span className="flex gap-2">
          <Input
            {...control}
            ref={input}
            readOnly
            value={value}
            className="font-mono"
            onFocus={(event) => event.target.select()}
          />
          <Button
            aria-label={t`Copy ${label}`}
            icon={isCopied ? <Check size={16} aria-hidden /> : <Copy size={16} aria-hidden />}
            onClick={copy}
          >
            {isCopied ? <Trans>Copied</Trans> : <Trans>Copy</Trans>}
          </Button>
        </span>
      )}
    </Field>
  );
}
