import { fail } from '../error.js';

/**
 * Refuses options that a job does not have, so that a misspelt one is no silent default. `job` names the function in the
 * error; `known` holds every name. Throws `usage`.
 */
export function refuseUnknownFlags(job: string, flags: object, known: Readonly<Record<string, true>>): void {
  const unknown = Object.keys(flags).find((name) => !Object.hasOwn(known, name));
  if (unknown === undefined) return;
  const near = nearest(unknown, Object.keys(known));
  fail(
    'usage',
    job,
    `expected options of its own, got "${unknown}".`,
    near === undefined ? `It has ${Object.keys(known).join(', ')}.` : `Did you mean "${near}"?`,
  );
}

/** The name that differs least from a word, in letters and digits of any case; undefined where none is near. */
function nearest(word: string, names: readonly string[]): string | undefined {
  const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  const ranked = names.map((name) => ({ name, distance: editDistance(plain(word), plain(name)) }));
  const best = ranked.reduce((least, each) => (each.distance < least.distance ? each : least), {
    name: '',
    distance: Infinity,
  });
  return best.distance <= Math.max(1, word.length / 3) ? best.name : undefined;
}

/** Fewest insertions, deletions and replacements of a letter that turn one word into another. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...to].entries())
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)));
    row = next;
  }
  return row.at(-1) ?? 0;
}
