import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import type { components } from "@/api/schema";
import type { Tone } from "@/components/ui/badge";

type ImportState = components["schemas"]["ImportState"];

export const stateLabels: Record<ImportState, MessageDescriptor> = {
  uploading: msg`Being read`,
  ready: msg`To be checked`,
  checking: msg`Being checked`,
  checked: msg`Checked`,
  running: msg`Running`,
  finished: msg`Finished`,
  reverting: msg`Being taken back`,
  reverted: msg`Taken back`,
  failed: msg`Failed`,
};

export const stateTones: Record<ImportState, Tone> = {
  uploading: "blue",
  ready: "neutral",
  checking: "blue",
  checked: "neutral",
  running: "blue",
  finished: "green",
  reverting: "blue",
  reverted: "amber",
  failed: "red",
};
