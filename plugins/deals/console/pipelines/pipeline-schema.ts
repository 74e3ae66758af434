import { t } from "@lingui/core/macro";
import * as z from "zod/mini";
import type { components } from "@/api/schema";
import { type Pipeline, stageKinds } from "../deal";

type StageContent = components["schemas"]["DealsStageContent"];

const isWhole = (text: string, least: number, most: number) =>
  /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most;

const stageSchema = z
  .object({
    /** Of a stage that is there already. */
    stageId: z.nullable(z.string()),
    name: z.string().check(z.trim(), z.minLength(1, { error: () => t`Name is required` })),
    kind: z.enum(stageKinds),
    probability: z.string().check(z.trim()),
    staleAfterDays: z.string().check(z.trim()),
  })
  .check(
    z.refine(({ kind, probability }) => kind !== "open" || isWhole(probability, 0, 100), {
      path: ["probability"],
      error: () => t`0 to 100`,
      when: () => true,
    }),
    z.refine(
      ({ kind, staleAfterDays }) =>
        kind !== "open" || staleAfterDays === "" || isWhole(staleAfterDays, 1, 3650),
      { path: ["staleAfterDays"], error: () => t`1 to 3650`, when: () => true },
    ),
  );

export const pipelineSchema = z.object({
  name: z.string().check(z.trim(), z.minLength(1, { error: () => t`Name is required` })),
  stages: z.array(stageSchema),
});

export type PipelineInput = z.output<typeof pipelineSchema>;
export type StageInput = PipelineInput["stages"][number];

export const newStage = (changes: Partial<StageInput> = {}): StageInput => ({
  stageId: null,
  name: "",
  kind: "open",
  probability: "",
  staleAfterDays: "",
  ...changes,
});

/** With what a new pipeline begins: one stage of each kind, which it needs. */
export const newPipeline = (): PipelineInput => ({
  name: "",
  stages: [
    newStage({ name: t`New`, probability: "10" }),
    newStage({ name: t`Won`, kind: "won" }),
    newStage({ name: t`Lost`, kind: "lost" }),
  ],
});

export const inputOf = ({ name, stages }: Pipeline): PipelineInput => ({
  name,
  stages: stages.map((stage) => ({
    stageId: stage.id,
    name: stage.name,
    kind: stage.kind,
    probability: String(stage.probability),
    staleAfterDays: stage.staleAfterDays === null ? "" : String(stage.staleAfterDays),
  })),
});

/** Only open stages have a probability of their own, and days after which deals are stale. */
export const stagesOf = ({ stages }: PipelineInput): StageContent[] =>
  stages.map(({ stageId, name, kind, probability, staleAfterDays }) => ({
    name,
    kind,
    ...(stageId && { id: stageId }),
    ...(kind === "open" && { probability: Number(probability) }),
    ...(kind === "open" && staleAfterDays !== "" && { staleAfterDays: Number(staleAfterDays) }),
  }));
