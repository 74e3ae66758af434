// Runs before the first paint, so that a dark page never flashes white. Later changes are made by src/stores/preferences.ts.
(() => {
  let theme = "system";
  try {
    theme = JSON.parse(localStorage.getItem("crm.preferences") ?? "{}").state?.theme ?? theme;
  } catch {
    // Storage is closed or holds something else: follow the system.
  }
  const dark = theme === "dark" || (theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
