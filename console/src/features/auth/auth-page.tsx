import type { ReactNode } from "react";
import { PageHeader } from "@/components/page-header";

/** What is around the screens before one is signed in. */
export function AuthPage({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="grid min-h-full place-items-center p-4">
      <div className="w-full max-w-96">
        <img src="/icon.svg" alt="" width={32} height={32} className="mx-4 mb-1 sm:mx-6" />
        <PageHeader title={title} />
        <div className="px-4 sm:px-6">{children}</div>
      </div>
    </main>
  );
}
