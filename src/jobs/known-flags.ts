import { fail } from '../error.js';
import { nearest } from '../nearest.js';

/** The names of options. `list`: those that are arrays; elsewhere `true`. */
export type FlagTable<Flags> = {
  readonly [Name in keyof Flags]-?: Exclude<Flags[Name], undefined> extends readonly unknown[] ? 'list' : true;
};

/**
 * Refuses options that a job does not have, so that a misspelt one is no silent default, and a text in place of a list. `job` names
 * the function in the error; `known` holds every name. Throws `usage`.
 */
export function refuseUnknownFlags(job: string, flags: object, known: Readonly<Record<string, true | 'list'>>): void {
  refuseNoLists(job, flags, known);
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

function refuseNoLists(job: string, flags: object, known: Readonly<Record<string, true | 'list'>>): void {
  for (const [name, value] of Object.entries(flags)) {
    if (known[name] !== 'list' || value === undefined || Array.isArray(value)) continue;
    fail('usage', job, `expected an array for "${name}", got ${JSON.stringify(value) ?? typeof value}.`);
  }
}

const plain = (word: string): string => word.toLowerCase().replace(/[^a-z0-9]/g, '');
