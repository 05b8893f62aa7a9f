import { fail } from '../error.js';
import { limitOf, raiseHint } from '../limits.js';

/** The text of a file. Throws `format` for more than the limit. `encoding`: UTF-8 where absent. */
export function decodeText(bytes: Uint8Array, where: string, encoding = 'utf-8'): string {
  if (bytes.length > limitOf('text'))
    fail('format', where, `expected at most ${limitOf('text')} bytes of text, got ${bytes.length}.`, raiseHint('text'));
  return new TextDecoder(encoding).decode(bytes);
}
