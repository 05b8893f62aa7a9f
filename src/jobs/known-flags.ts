import { fail } from '../error.js';
import { nearest } from '../nearest.js';

/**
 * Refuses options that a job does not have, so that a misspelt one is no silent default. `job` names the function in the
 * error; `known` holds every name. Throws `usage`.
 */
export function refuseUnknownFlags(job: string, flags: object, known: Readonly<Record<string, true>>): void {
  const unknown = Object.keys(flags).find((name) => !Object.hasOwn(known, name));
  if (unknown === undefined) return;
  const [near] = nearest(unknown, Object.keys(known), plain);
  fail(
    'usage',
    job,
    `expected options of its own, got "${unknown}".`,
    near === undefined ? `It has ${Object.keys(known).join(', ')}.` : `Did you mean "${near}"?`,
  );
}

const plain = (word: string): string => word.toLowerCase().replace(/[^a-z0-9]/g, '');
