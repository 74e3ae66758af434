export type Mentioned = { id: string; name: string };

/** Names that were picked, as the server takes them: `@Ada King` becomes `@[id]`. */
export function withMentions(text: string, mentioned: readonly Mentioned[]): string {
  // The longest first: "@Ada King" must not be taken for "@Ada".
  const byLength = mentioned.toSorted((one, other) => other.name.length - one.name.length);
  return byLength.reduce((written, { id, name }) => written.replaceAll(`@${name}`, `@[${id}]`), text);
}
