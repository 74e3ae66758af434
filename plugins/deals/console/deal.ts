import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import type { components } from "@/api/schema";
import type { Tone } from "@/components/ui/badge";

type Schemas = components["schemas"];

export type Deal = Schemas["DealsDeal"];
export type UpdateDeal = Schemas["DealsUpdateDeal"];
export type Money = Schemas["DealsMoney"];
export type Sum = Schemas["DealsSum"];
export type Pipeline = Schemas["DealsPipeline"];
export type Stage = Schemas["DealsStage"];
export type StageReference = Schemas["DealsStageReference"];
export type StageKind = Schemas["DealsStageKind"];

export const stageKinds = ["open", "won", "lost"] as const;

export const kindLabels: Record<StageKind, MessageDescriptor> = {
  open: msg`Open`,
  won: msg`Won`,
  lost: msg`Lost`,
};

export const kindTones: Record<StageKind, Tone> = { open: "blue", won: "green", lost: "red" };

export const nameOfDeal = ({ name }: Deal) => name;
export const hrefOfDeal = ({ id }: Pick<Deal, "id">) => `/deals/${id}`;

/** Whether it stands in its stage for longer than deals should. */
export const isStale = ({ staleAt, isArchived }: Deal, now = Date.now()) =>
  !isArchived && staleAt !== null && Date.parse(staleAt) <= now;

/** Whether it should have been won by now. A day is over when it is over for the user. */
export const isOverdue = ({ stage, expectedCloseDate }: Deal, today: string) =>
  stage.kind === "open" && expectedCloseDate !== null && expectedCloseDate < today;
