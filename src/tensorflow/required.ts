import { fail } from '../error.js';

/** The value. Throws `internal` where it is undefined; `what` says what was expected. */
export function required<T>(value: T | undefined, what: string): T {
  return value ?? fail('internal', '', `expected ${what}, got none.`);
}
