/** Names of so many characters are shown whole. */
const WHOLE = 26;

/**
 * Names as a narrow list shows them: of a long one the shortest end, from a `/` on, that no other name has. Names of a TensorFlow graph
 * begin alike and often end alike.
 */
export function shortNames(names: readonly string[]): string[] {
  const uses = new Map<string, number>();
  for (const name of names) for (const end of endsOf(name)) uses.set(end, (uses.get(end) ?? 0) + 1);
  return names.map((name) => {
    const own = name.length <= WHOLE ? name : (endsOf(name).find((end) => uses.get(end) === 1) ?? name);
    return own === name ? name : `…/${own}`;
  });
}

/** The ends of a name at its separators, the shortest first, and the name. */
function endsOf(name: string): string[] {
  const parts = name.split('/');
  return parts.map((_, i) => parts.slice(parts.length - 1 - i).join('/'));
}
