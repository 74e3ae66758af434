type Flat = { [name: `custom.${string}`]: string[] };

/** A filter as bodies have it, where `custom.tier` stands as `tier` in a member of its own. */
export function nestCustom<Filter extends Flat>(filter: Filter) {
  const entries = Object.entries(filter);
  const own = Object.fromEntries(entries.filter(([name]) => !name.startsWith("custom.")));
  const custom = entries.flatMap(([name, value]): [string, string[]][] =>
    name.startsWith("custom.") && Array.isArray(value) ? [[name.slice("custom.".length), value]] : [],
  );
  return { ...own, custom: Object.fromEntries(custom) };
}
