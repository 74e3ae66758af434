import { createContext, Suspense, use } from "react";
import { useMe } from "@/api/me";
import type { ConvertPartProps, NavigationEntry, Panel, PlaceSlot, RecordSlot } from "@/lib/feature";

/** The panels of all features. */
export const PanelContext = createContext<readonly Panel[]>([]);

/** The places that features have in the list of settings. */
export const SettingsContext = createContext<readonly NavigationEntry[]>([]);

function usePanels() {
  const { permissions } = useMe();
  const may = ({ permission }: Panel) =>
    permission === undefined || permissions.some((grant) => grant.permission === permission);
  return use(PanelContext).filter(may);
}

/** Shows what other features, those of plugins among them, have to say about a record, or can do to it. */
export function Panels({ slot, recordId }: { slot: RecordSlot; recordId: string }) {
  return (
    <Suspense>
      {usePanels().map((panel, index) =>
        panel.slot === slot ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the panels stay as they are
          <panel.Component key={index} recordId={recordId} />
        ) : null,
      )}
    </Suspense>
  );
}

/** Shows what may be made along when a lead is converted. */
export function ConvertPanel(props: ConvertPartProps) {
  const panel = usePanels().find((other) => other.slot === "lead.convert");
  return <Suspense>{panel?.slot === "lead.convert" && <panel.Component {...props} />}</Suspense>;
}

/** Shows what other features have to say that is about no record. */
export function PlacePanels({ slot }: { slot: PlaceSlot }) {
  return (
    <Suspense>
      {usePanels().map((panel, index) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: the panels stay as they are
        panel.slot === slot ? <panel.Component key={index} /> : null,
      )}
    </Suspense>
  );
}
