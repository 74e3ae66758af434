import { Tooltip } from "@base-ui/react/tooltip";
import { msg } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { lazy, Suspense, useState } from "react";
import { useNavigate, useNavigation } from "react-router";
import { useMay } from "@/api/me";
import { PanelContext, SettingsContext } from "@/components/panels";
import { useHotkey } from "@/lib/hotkeys";
import { useIsNarrow } from "@/lib/use-media-query";
import { useAuth } from "@/stores/auth";
import { features } from "../features";
import { MainContent } from "./main-content";
import { Navbar } from "./navbar";
import { PlaceHotkeys } from "./place-hotkeys";
import { Sidebar } from "./sidebar";
import { usePlaces } from "./use-places";

// What is not on the screen at first is not in the first chunk either.
const Toaster = lazy(() => import("@/components/ui/toaster"));
const SidebarDrawer = lazy(() => import("./sidebar-drawer"));
const SessionDialog = lazy(() => import("./session-dialog"));
const ShortcutsDialog = lazy(() => import("@/components/shortcuts-dialog"));
// Loaded with the first screen, so that little happens between what that asks for and what is heard.
const live = import("./live");
const Live = lazy(() => live);
const CommandPalette = lazy(() => import("@/components/command-palette/command-palette"));

const panels = features.flatMap((feature) => feature.panels ?? []);
const settings = features.flatMap((feature) => feature.settings ?? []);

const openPalette = msg`Search and commands`;
const showShortcuts = msg`Keyboard shortcuts`;

/** What is around every screen. */
export function Component() {
  const places = usePlaces();
  const navigate = useNavigate();
  const isNarrow = useIsNarrow();
  const isNavigating = useNavigation().state === "loading";
  const [overlay, setOverlay] = useState<"palette" | "shortcuts" | "drawer" | null>(null);
  const close = () => setOverlay(null);
  const mayFollow = useMay("activity:read");
  const isExpired = useAuth((state) => state.expired);

  useHotkey("mod+k", openPalette, () => setOverlay("palette"));
  useHotkey("?", showShortcuts, () => setOverlay("shortcuts"));

  return (
    <Tooltip.Provider>
      <div className="flex h-full">
        <a
          href="#main"
          className="sr-only z-50 rounded-md bg-accent px-3 py-2 text-on-accent focus:not-sr-only focus:absolute focus:start-2 focus:top-2"
        >
          <Trans>Skip to the content</Trans>
        </a>
        {!isNarrow && <Sidebar navigation={places.navigation} />}
        <div className="flex min-w-0 grow flex-col">
          <PanelContext value={panels}>
            <Navbar
              isNavigating={isNavigating}
              onOpenDrawer={isNarrow ? () => setOverlay("drawer") : undefined}
              onOpenPalette={() => setOverlay("palette")}
              onOpenShortcuts={() => setOverlay("shortcuts")}
            />
            <SettingsContext value={settings}>
              <MainContent />
            </SettingsContext>
          </PanelContext>
        </div>
        <PlaceHotkeys {...places} />
        <Suspense>
          {overlay === "drawer" && <SidebarDrawer onClose={close} navigation={places.navigation} />}
          {overlay === "shortcuts" && <ShortcutsDialog onClose={close} />}
          {overlay === "palette" && (
            <CommandPalette {...places} onClose={close} onGo={(to) => navigate(to)} />
          )}
          {isExpired && <SessionDialog />}
        </Suspense>
        <Suspense>
          <Toaster />
          {mayFollow && <Live />}
        </Suspense>
      </div>
    </Tooltip.Provider>
  );
}
