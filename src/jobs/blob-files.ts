import { sha256 } from '../platform/index.js';

/** Longest file name of common file systems, in bytes of UTF-8. */
const LONGEST = 255;
const ENDING = '.npy';

/**
 * A file name for each blob: its name with `__` for `/`. Names that no file can have on some system, and all but one of
 * those that would share a file, end in digits of their SHA-256; the one whose name needs no change keeps the file. Files
 * do not depend on the order of the names.
 */
export async function blobFiles(names: Iterable<string>): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const taken = new Set<string>();
  const byChange = [...new Set(names)].sort((a, b) => Number(a.includes('/')) - Number(b.includes('/')) || order(a, b));
  for (const name of byChange) {
    const plain = `${name.replaceAll('/', '__')}${ENDING}`;
    const isFree = isFileName(plain) && !taken.has(plain);
    const file = isFree ? plain : await shortened(name);
    taken.add(file);
    files.set(name, file);
  }
  return files;
}

const order = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** Control characters and the separator of Windows, which would lead out of the folder there. */
const UNFIT = /[\u0000-\u001f\u007f\\]/g;

/** Not hidden, not too long, no separator and no control character in it, and Unicode that UTF-8 can hold. */
function isFileName(name: string): boolean {
  return bytesOf(name) <= LONGEST && name !== ENDING && name.search(UNFIT) < 0 && !/\p{Surrogate}/u.test(name);
}

async function shortened(name: string): Promise<string> {
  const digits = (await sha256(new TextEncoder().encode(name))).slice(0, 12);
  const ending = `~${digits}${ENDING}`;
  let head = name
    .replaceAll('/', '__')
    .replace(UNFIT, '_')
    .replace(/\p{Surrogate}/gu, '_');
  while (bytesOf(head) + ending.length > LONGEST) head = head.slice(0, -1);
  return head.replace(/\p{Surrogate}$/u, '') + ending;
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
