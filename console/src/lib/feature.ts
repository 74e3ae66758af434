import type { MessageDescriptor } from "@lingui/core";
import type { LucideIcon } from "lucide-react";
import type { ComponentType, Ref } from "react";
import type { RouteObject } from "react-router";
import type { components } from "@/api/schema";

type Place = {
  to: string;
  label: MessageDescriptor;
  icon: LucideIcon;
  /** Who lacks it is not shown the place. */
  permission?: string;
};

export type NavigationEntry = Place & {
  /** The second key after `g`. */
  key?: string;
  /** Other places that are its tabs. */
  tabs?: string[];
};

export type Command = Place & {
  /** A shortcut that works on every screen. */
  keys?: string;
};

/** Where features show something within the screens of others. */
export type Panel = {
  /** Who lacks it is not shown the panel. */
  permission?: string;
} & (
  | {
      /** Above every screen, a button that needs no more room than its icon; on the dashboard, a `Card`. Lazy. */
      slot: PlaceSlot;
      Component: ComponentType;
    }
  | {
      /** On the page of a customer, a `Card`; on that of a lead, a button of its header. Lazy, and told which record it is about. */
      slot: RecordSlot;
      Component: ComponentType<{ recordId: string }>;
    }
  | {
      /** Within the dialog that converts a lead. Lazy. */
      slot: "lead.convert";
      Component: ComponentType<ConvertPartProps>;
    }
);

/** The customer that a lead becomes: one who is there, or else a new one, even if others may be the same. */
export type ConvertChoice = { customerId: string | null };

export type Conversion = {
  lead: components["schemas"]["Lead"];
  customer: components["schemas"]["Customer"];
  /** Takes back what was made along, before the conversion is undone. */
  takeBack?: () => Promise<unknown>;
};

/** What converts a lead in the place of the console's own request, with what is made along. */
export type ConvertPart = {
  /** `nothing` when nothing is wanted, `incomplete` when fields are to be filled in first. */
  prepare: () => Promise<"nothing" | "incomplete" | ((choice: ConvertChoice) => Promise<Conversion>)>;
};

export type ConvertPartProps = { lead: components["schemas"]["Lead"]; ref: Ref<ConvertPart> };

export type PlaceSlot = "navbar" | "dashboard.panel";
export type RecordSlot = "customer.panel" | "lead.action";

/** Queries that are old when records of some kinds have changed, besides those whose keys begin with the kind. */
export type Follower = {
  /** The first part of their keys. */
  key: string;
  /** As events name them: `deals.deal`. */
  kinds: readonly string[];
  /** They are not asked again sooner than so many milliseconds after the last time. */
  pause: number;
};

/** What a feature, of this program or of a plugin, brings to the console. Its screens are lazy: all of this is in the first chunk. */
export type Feature = {
  /** Screens within the layout, for who is signed in. */
  routes?: RouteObject[];
  /** Screens on their own, for everybody. */
  publicRoutes?: RouteObject[];
  navigation?: NavigationEntry[];
  commands?: Command[];
  panels?: Panel[];
  /** In the list of settings, where the screens themselves are among `routes`. */
  settings?: NavigationEntry[];
  /** What it calls its records, and the addresses beneath which their pages are. */
  records?: Record<string, string>;
  followers?: Follower[];
};
