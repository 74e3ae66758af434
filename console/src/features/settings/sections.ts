import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import {
  Cog,
  Globe,
  KeyRound,
  ListPlus,
  type LucideIcon,
  MonitorSmartphone,
  Palette,
  Route,
  ShieldCheck,
  Tags,
  UserRound,
} from "lucide-react";
import { type ComponentType, lazy } from "react";

type Section = {
  /** In the address. */
  name: string;
  label: MessageDescriptor;
  icon: LucideIcon;
  /** Who lacks it is not shown the section. */
  permission?: string;
  Component: ComponentType;
};

/** What one sets for oneself. */
export const ownSections: readonly Section[] = [
  {
    name: "profile",
    label: msg`Profile`,
    icon: UserRound,
    Component: lazy(() => import("./profile/profile")),
  },
  {
    name: "appearance",
    label: msg`Appearance`,
    icon: Palette,
    Component: lazy(() => import("./appearance")),
  },
  {
    name: "language",
    label: msg`Language and time`,
    icon: Globe,
    Component: lazy(() => import("./language")),
  },
  {
    name: "two-factor",
    label: msg`Second factor`,
    icon: ShieldCheck,
    Component: lazy(() => import("./two-factor/two-factor")),
  },
  {
    name: "sessions",
    label: msg`Sessions`,
    icon: MonitorSmartphone,
    Component: lazy(() => import("./sessions")),
  },
  { name: "api-keys", label: msg`API keys`, icon: KeyRound, Component: lazy(() => import("./own-api-keys")) },
];

/** What counts for everybody. */
export const workspaceSections: readonly Section[] = [
  {
    name: "custom-fields",
    label: msg`Custom fields`,
    icon: ListPlus,
    permission: "customField:manage",
    Component: lazy(() => import("./custom-fields/custom-fields")),
  },
  {
    name: "tags",
    label: msg`Tags`,
    icon: Tags,
    permission: "tag:manage",
    Component: lazy(() => import("./tags/tag-settings")),
  },
  {
    name: "assignment-rules",
    label: msg`Assignment rules`,
    icon: Route,
    permission: "assignmentRule:read",
    Component: lazy(() => import("./assignment-rules/assignment-rules")),
  },
  {
    name: "jobs",
    label: msg`Jobs`,
    icon: Cog,
    permission: "job:read",
    Component: lazy(() => import("./jobs")),
  },
];
