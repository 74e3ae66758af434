import { create } from "zustand";
import { persist } from "zustand/middleware";

export type Theme = "light" | "dark" | "system";
export type Density = "comfortable" | "compact";

type Preferences = {
  theme: Theme;
  density: Density;
  /** `null` follows the browser. */
  locale: string | null;
  /** `null` follows the browser. */
  timeZone: string | null;
  /** Whether shortcuts of one key work (WCAG 2.1.4). Those with Ctrl or Cmd always do. */
  singleKeyShortcuts: boolean;
  sidebarCollapsed: boolean;
  /** In which amounts were given last. */
  currency: string;
};

/** What this browser shows and how; kept in its storage, under the key that public/theme.js reads too. */
export const usePreferences = create<Preferences>()(
  persist<Preferences>(
    () => ({
      theme: "system",
      density: "comfortable",
      locale: null,
      timeZone: null,
      singleKeyShortcuts: true,
      sidebarCollapsed: false,
      currency: "EUR",
    }),
    { name: "crm.preferences", version: 1 },
  ),
);

const prefersDark = window.matchMedia("(prefers-color-scheme: dark)");

function applyTheme() {
  const { theme } = usePreferences.getState();
  const dark = theme === "dark" || (theme === "system" && prefersDark.matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
}

usePreferences.subscribe(applyTheme);
prefersDark.addEventListener("change", applyTheme);
