import { fail } from '../error.js';

/** Kind of a file by its content; `other` names kinds that cannot be read, for messages. */
export type ContentKind = 'png' | 'jpeg' | 'npy' | { readonly other: string };

/** First bytes, written as Latin-1, `?` for any one byte. */
const MAGIC: readonly (readonly [string, ContentKind])[] = [
  ['\x89PNG\r\n\x1a\n', 'png'],
  ['\xff\xd8\xff', 'jpeg'],
  ['\x93NUMPY', 'npy'],
  ['GIF8', { other: 'a GIF image' }],
  ['BM', { other: 'a BMP image' }],
  ['RIFF????WEBP', { other: 'a WebP image' }],
  ['II*\0', { other: 'a TIFF image' }],
  ['MM\0*', { other: 'a TIFF image' }],
  ['II+\0', { other: 'a TIFF image' }],
  ['MM\0+', { other: 'a TIFF image' }],
  ['????ftypavif', { other: 'an AVIF image' }],
  ['????ftyphei', { other: 'a HEIC image' }],
  ['????ftypmif1', { other: 'a HEIC image' }],
  ['\0\0\0\x0cjP  ', { other: 'a JPEG 2000 image' }],
  ['\xff\x4f\xff\x51', { other: 'a JPEG 2000 image' }],
  ['\0\0\0\x0cJXL ', { other: 'a JPEG XL image' }],
  ['\xff\x0a', { other: 'a JPEG XL image' }],
  ['8BPS', { other: 'a Photoshop document' }],
  ['\0\0\x01\0', { other: 'an icon' }],
  ['%PDF', { other: 'a PDF document' }],
  ['PK\x03\x04', { other: 'a zip archive' }],
  ['\x1f\x8b', { other: 'a gzip archive' }],
  ['\x89PNG', { other: 'a PNG image damaged by a text-mode transfer' }],
];

/** Kind of a file by its first bytes; its name does not matter. */
export function contentKind(bytes: Uint8Array): ContentKind {
  if (bytes.length === 0) return { other: 'an empty file' };
  for (const [magic, kind] of MAGIC) {
    if (matches(bytes, magic)) return kind;
  }
  if (/^P[1-7]\s/.test(latin1(bytes, 3))) return { other: 'a PNM image' };
  return { other: isText(bytes) ? 'a text' : 'something else' };
}

/** Throws `format` for a file of this kind where `expected` was expected. */
export function refuseContent(kind: ContentKind, expected: string, where: string): never {
  const got =
    typeof kind === 'object' ? kind.other : { png: 'a PNG image', jpeg: 'a JPEG image', npy: 'a .npy array' }[kind];
  return fail('format', where, `expected ${expected}, got ${got}.`, 'Convert it, or take it out of the folder.');
}

function matches(bytes: Uint8Array, magic: string): boolean {
  for (let i = 0; i < magic.length; i++) {
    if (magic[i] !== '?' && bytes[i] !== magic.charCodeAt(i)) return false;
  }
  return true;
}

function isText(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 512).every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d);
}

function latin1(bytes: Uint8Array, count: number): string {
  return String.fromCharCode(...bytes.subarray(0, count));
}
