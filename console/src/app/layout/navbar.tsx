import { Trans, useLingui } from "@lingui/react/macro";
import { Menu as MenuIcon, Search } from "lucide-react";
import { PlacePanels } from "@/components/panels";
import { IconButton } from "@/components/ui/icon-button";
import { Kbd } from "@/components/ui/kbd";
import { UserMenu } from "./user-menu";

type Props = {
  isNavigating: boolean;
  onOpenDrawer: (() => void) | undefined;
  onOpenPalette: () => void;
  onOpenShortcuts: () => void;
};

export function Navbar({ isNavigating, onOpenDrawer, onOpenPalette, onOpenShortcuts }: Props) {
  const { t } = useLingui();
  return (
    <header className="relative flex h-12 shrink-0 items-center gap-2 border-b px-2 sm:px-4">
      {onOpenDrawer && (
        <IconButton label={t`Menu`} icon={<MenuIcon size={16} aria-hidden />} onClick={onOpenDrawer} />
      )}
      <button
        type="button"
        onClick={onOpenPalette}
        className="flex h-8 w-full max-w-80 items-center gap-2 rounded-md border bg-surface px-2.5 text-text-muted hover:bg-hover"
      >
        <Search size={16} aria-hidden />
        <span className="grow truncate text-start">
          <Trans>Search or go to…</Trans>
        </span>
        <span aria-hidden className="max-sm:hidden">
          <Kbd keys="mod+k" />
        </span>
      </button>
      <div className="ms-auto flex items-center gap-1">
        <PlacePanels slot="navbar" />
        <UserMenu onOpenShortcuts={onOpenShortcuts} />
      </div>
      {isNavigating && (
        <div role="status" className="absolute inset-x-0 -bottom-px h-0.5 animate-pulse bg-accent">
          <span className="sr-only">
            <Trans>Loading…</Trans>
          </span>
        </div>
      )}
    </header>
  );
}
