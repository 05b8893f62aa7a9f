/** Fewest insertions, deletions and replacements of a letter that turn one word into another (Levenshtein distance). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (let j = 0; j < to.length; j++)
      next.push(Math.min((row[j] ?? 0) + (letter === to[j] ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    row = next;
  }
  return row[to.length] ?? 0;
}

/** The words that differ from a word by at most a third of its letters, each as `plain` gives it; nearest first. */
export function nearest(word: string, words: readonly string[], plain: (word: string) => string): string[] {
  const wanted = plain(word);
  const most = Math.max(1, Math.ceil(wanted.length / 3));
  return words
    .map((each) => ({ each, distance: editDistance(wanted, plain(each)) }))
    .filter(({ distance }) => distance <= most)
    .sort((a, b) => a.distance - b.distance)
    .map(({ each }) => each);
}
