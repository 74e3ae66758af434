import { useQuery } from "@tanstack/react-query";
import type { Control } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { pipelinesQuery } from "../queries";

type Props = Partial<Control> & { value: string | null; onValueChange: (stageId: string) => void };

/** Chooses an open stage: the first one of the oldest pipeline, unless another one is chosen. */
export function StagePicker({ value, ...props }: Props) {
  const { data: pipelines = [] } = useQuery(pipelinesQuery);
  const options = pipelines.flatMap(({ name, stages }) =>
    stages
      .filter(({ kind }) => kind === "open")
      .map((stage) => ({
        value: stage.id,
        label: pipelines.length > 1 ? `${name}: ${stage.name}` : stage.name,
      })),
  );
  return <Select {...props} options={options} value={value ?? options[0]?.value ?? null} />;
}
