import { readChunks } from './files.js';
import { mounted } from './mounted-files.js';
import { builtin, isNode } from './node.js';

/** SHA-256 as 64 lower-case hexadecimal digits, of bytes or of the file at a path (read in chunks; throws `file`). */
export async function sha256(source: Uint8Array | string): Promise<string> {
  const memory = mounted();
  if (memory !== undefined && typeof source === 'string') return webSha256(await memory.read(source));
  if (!isNode() && typeof source !== 'string') return webSha256(source);
  const { createHash } = await builtin('node:crypto', 'sha256');
  const hash = createHash('sha256');
  if (typeof source === 'string') await readChunks(source, (chunk) => hash.update(chunk));
  else hash.update(source);
  return hash.digest('hex');
}

async function webSha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new Uint8Array(bytes)); // a copy: shared memory is refused
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
