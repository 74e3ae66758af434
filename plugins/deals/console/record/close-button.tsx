import type { ReactNode } from "react";
import { GuardedButton } from "@/components/ui/guarded-button";
import { Menu, MenuItem } from "@/components/ui/menu";
import type { Stage } from "../deal";

type Props = {
  /** In which a deal ends so. */
  stages: readonly Stage[];
  icon: ReactNode;
  disabledReason: string | false;
  onMove: (stage: Stage) => void;
  children: ReactNode;
};

/** Ends a deal: at once where there is one way to, or else by a menu of them. */
export function CloseButton({ stages, icon, disabledReason, onMove, children }: Props) {
  const [first, ...others] = stages;
  if (!first) return null;
  const button = { size: "small", icon, disabledReason, children } as const;
  if (others.length === 0) return <GuardedButton {...button} onClick={() => onMove(first)} />;
  return (
    <Menu trigger={<GuardedButton {...button} />}>
      {stages.map((stage) => (
        <MenuItem key={stage.id} onClick={() => onMove(stage)}>
          {stage.name}
        </MenuItem>
      ))}
    </Menu>
  );
}
