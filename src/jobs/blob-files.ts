import { sha256 } from '../platform/index.js';

/** Longest file name of common file systems, in bytes of UTF-8. */
const LONGEST = 255;
const ENDING = '.npy';

/**
 * A file name for each blob: its name with `__` for `/`. Names that are too long for a file, and all but one of those
 * that would share a file, end in digits of their SHA-256; the one whose name needs no change keeps the file.
 */
export async function blobFiles(names: readonly string[]): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const taken = new Set<string>();
  const byChange = [...names].sort((a, b) => Number(a.includes('/')) - Number(b.includes('/')));
  for (const name of byChange) {
    const plain = `${name.replaceAll('/', '__')}${ENDING}`;
    const isFree = bytesOf(plain) <= LONGEST && !taken.has(plain);
    const file = isFree ? plain : await shortened(name);
    taken.add(file);
    files.set(name, file);
  }
  return files;
}

async function shortened(name: string): Promise<string> {
  const digits = (await sha256(new TextEncoder().encode(name))).slice(0, 12);
  const ending = `~${digits}${ENDING}`;
  let head = name.replaceAll('/', '__');
  while (bytesOf(head) + ending.length > LONGEST) head = head.slice(0, -1);
  return head + ending;
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
