import { XfdnnError } from '../../src/error.js';
import { kinds } from './kinds.js';
import { randomOf } from './random.js';

/** Bytes of memory that no case may need. */
const MOST_MEMORY = 2 ** 31;

/** Members of every object, before a case could add one. */
const MEMBERS = Object.getOwnPropertyNames(Object.prototype).length;

/** The bytes of a case. */
export function caseOf(kind: string, seed: number, index: number): Uint8Array {
  return kindOf(kind).make(randomOf(seed, index));
}

/** What is wrong with a case: an error of another class than ours, an internal one, a member
 * that every object has got, or too much memory; undefined: nothing. `held`: bytes that the process had before its cases. */
export async function findingIn(kind: string, bytes: Uint8Array, held = 0): Promise<string | undefined> {
  try {
    await kindOf(kind).check(bytes);
  } catch (error) {
    if (!(error instanceof XfdnnError)) return error instanceof Error ? (error.stack ?? error.message) : String(error);
    if (error.code === 'internal') return error.stack ?? error.message;
    if (/[\u0000-\u001f\u007f-\u009f]/.test(error.message))
      return `a control character in: ${JSON.stringify(error.message)}`;
  }
  const members = Object.getOwnPropertyNames(Object.prototype);
  if (members.length !== MEMBERS) return `members of every object: ${members.slice(MEMBERS).join()}`;
  const memory = process.memoryUsage().rss - held;
  return memory > MOST_MEMORY ? `${memory} bytes of memory` : undefined;
}

function kindOf(name: string) {
  if (!Object.hasOwn(kinds, name)) throw new Error(`expected one of ${Object.keys(kinds).join(', ')}, got ${name}.`);
  return kinds[name]!;
}

/** The first line without numbers and names: what two findings have in common. */
const classOf = (finding: string): string =>
  finding
    .split('\n')
    .slice(0, 2)
    .join(' ')
    .replace(/\d+|"[^"]*"/g, '');

/** A smaller case with the same finding: parts are left out, halves first, while it stays the same. */
export async function minimised(kind: string, bytes: Uint8Array, finding: string): Promise<Uint8Array> {
  let best = bytes;
  const end = Date.now() + 20_000;
  for (let size = best.length >> 1; size >= 1 && Date.now() < end; size >>= 1) {
    for (let at = 0; at < best.length && Date.now() < end; ) {
      const smaller = new Uint8Array([...best.subarray(0, at), ...best.subarray(at + size)]);
      const found = await findingIn(kind, smaller);
      if (found !== undefined && classOf(found) === classOf(finding)) best = smaller;
      else at += size;
    }
  }
  return best;
}
