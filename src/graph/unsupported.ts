/**
 * Titles of layers that cannot be run, `"a" (Box)`, with those of one type together, in the order of their first: `"a", "b" (Box)`.
 * The brackets hold the type and the reasons.
 */
export function groupedByType(titles: readonly string[]): string[] {
  const names = new Map<string, string[]>();
  for (const title of titles) {
    const [, name = title, type = ''] = /^(".*") (\(.*\))$/s.exec(title) ?? [];
    names.set(type, [...(names.get(type) ?? []), name]);
  }
  return [...names].map(([type, own]) => `${own.join(', ')} ${type}`.trimEnd());
}
