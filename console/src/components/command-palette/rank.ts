/** How well words fit a name: 3 its beginning, 2 the beginning of a word, 1 anywhere, 0 not at all. */
function rank(name: string, query: string): number {
  const text = name.toLocaleLowerCase();
  const wanted = query.trim().toLocaleLowerCase();
  if (text.startsWith(wanted)) return 3;
  if (text.split(/\s+/).some((word) => word.startsWith(wanted))) return 2;
  return text.includes(wanted) ? 1 : 0;
}

export function byRank<T>(items: readonly T[], query: string, nameOf: (item: T) => string): T[] {
  return items
    .map((item) => ({ item, score: rank(nameOf(item), query) }))
    .filter(({ score }) => score > 0)
    .sort((left, right) => right.score - left.score)
    .map(({ item }) => item);
}
