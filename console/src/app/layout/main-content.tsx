import { Outlet } from "react-router";

/** Where screens are drawn. A screen that scrolls as a whole says so by `overflow-y-auto`; a list keeps its header. */
export function MainContent() {
  return (
    <main id="main" tabIndex={-1} className="flex min-h-0 grow flex-col overflow-y-auto outline-none">
      <Outlet />
    </main>
  );
}
