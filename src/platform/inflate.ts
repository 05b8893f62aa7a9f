import { builtin, isNode } from './node.js';

/**
 * The content of a zlib stream (RFC 1950). Throws the runtime's own error where the stream is broken, truncated or
 * fails its checksum, or where it holds more than `limit` bytes.
 */
export async function inflate(stream: Uint8Array, limit: number): Promise<Uint8Array> {
  if (!isNode()) return webInflate(stream, limit);
  const { inflateSync } = await builtin('node:zlib', 'inflate');
  return inflateSync(stream, { maxOutputLength: limit });
}

async function webInflate(stream: Uint8Array, limit: number): Promise<Uint8Array> {
  const source = new Blob([new Uint8Array(stream)]).stream().pipeThrough(new DecompressionStream('deflate'));
  const parts: Uint8Array[] = [];
  let size = 0;
  for (const reader = source.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > limit) throw new RangeError(`more than ${limit} bytes`);
    parts.push(value);
  }
  return new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer());
}
