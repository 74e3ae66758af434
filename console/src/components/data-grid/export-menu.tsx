import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useMay } from "@/api/me";
import type { components } from "@/api/schema";
import { saveFile } from "@/lib/download";
import { GuardedButton } from "../ui/guarded-button";
import { Menu, MenuItem } from "../ui/menu";

type ExportFormat = components["schemas"]["ExportFormat"];

type Props = {
  resource: "lead" | "customer" | "task";
  /** The file without its extension: what is in it. */
  name: string;
  load: (format: ExportFormat) => Promise<Blob>;
};

/** Takes a list out as a file, narrowed and ordered as it is shown. */
export function ExportMenu({ resource, name, load }: Props) {
  const { t } = useLingui();
  const mayExport = useMay(`${resource}:export`);
  const save = useMutation({
    mutationFn: load,
    onSuccess: (content, format) => saveFile(content, `${name}.${format}`),
  });
  return (
    <Menu
      trigger={
        <GuardedButton
          pending={save.isPending}
          disabledReason={!mayExport && t`You may not export this list`}
          icon={<Download size={16} aria-hidden />}
        >
          <Trans>Export</Trans>
        </GuardedButton>
      }
    >
      <MenuItem onClick={() => save.mutate("csv")}>
        <Trans>CSV, for spreadsheets</Trans>
      </MenuItem>
      <MenuItem onClick={() => save.mutate("ndjson")}>
        <Trans>JSON, one record a line</Trans>
      </MenuItem>
    </Menu>
  );
}
