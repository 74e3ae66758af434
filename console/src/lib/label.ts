import type { I18n, MessageDescriptor } from "@lingui/core";

/** A text of ours, or one that people of the workspace wrote, such as the name of a role. */
export type Label = MessageDescriptor | string;

export const labelText = (i18n: I18n, label: Label) => (typeof label === "string" ? label : i18n._(label));
