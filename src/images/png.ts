import { PNG } from 'pngjs';
import { fail } from '../error.js';
import { toBuffer } from '../platform/index.js';
import type { Image } from './image.js';

const SIGNATURE_BYTES = 8;
const CHUNKS_THAT_MATTER = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND']);
const PALETTE = 3;
const HAS_COLOR = 2;

interface PngHeader {
  readonly depth: number;
  readonly colorType: number;
}

/** Decodes a PNG of any bit depth, colour type and interlacing; samples keep their full depth. `where` names the file. Throws `format`. */
export function decodePng(bytes: Uint8Array, where: string): Image {
  const chunks = criticalChunks(bytes, where);
  const header = readHeader(chunks, where);
  const { width, height, data } = inflate(chunks, where);
  const channels = (header.colorType & HAS_COLOR) === 0 ? 1 : 3;
  const maximum = header.colorType === PALETTE ? 255 : 2 ** header.depth - 1;
  return { width, height, channels, maximum, data: dropAlpha(data, channels) };
}

/**
 * The file without its ancillary chunks: alpha, gamma, profiles and texts are ignored anyway, and with a transparent
 * colour (tRNS) pngjs would blacken the pixels of that colour.
 */
function criticalChunks(bytes: Uint8Array, where: string): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts = [bytes.subarray(0, SIGNATURE_BYTES)];
  for (let at = SIGNATURE_BYTES, name = ''; name !== 'IEND'; ) {
    if (at + 12 > bytes.length) truncated(where, at, bytes.length);
    const end = at + 12 + view.getUint32(at);
    name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (end > bytes.length) truncated(where, at, bytes.length);
    const critical = (bytes[at + 4]! & 0x20) === 0;
    if (critical && !CHUNKS_THAT_MATTER.has(name)) fail('format', `${where} at byte ${at}`, `expected a PNG chunk, got ${JSON.stringify(name)}.`, 'Convert the image again.');
    if (critical) parts.push(bytes.subarray(at, end));
    at = end;
  }
  return concatenate(parts);
}

function readHeader(chunks: Uint8Array, where: string): PngHeader {
  const view = new DataView(chunks.buffer);
  const isHeader = view.getUint32(SIGNATURE_BYTES) === 13 && view.getUint32(SIGNATURE_BYTES + 4) === 0x49484452;
  if (!isHeader) fail('format', `${where} at byte ${SIGNATURE_BYTES}`, 'expected a PNG header chunk, got another.', 'Convert the image again.');
  if (view.getUint32(16) === 0 || view.getUint32(20) === 0) fail('format', `${where} at byte 16`, 'expected an image of at least 1x1, got an empty one.');
  return { depth: chunks[24]!, colorType: chunks[25]! };
}

/** Samples as RGBA, at the depth of the file. */
function inflate(chunks: Uint8Array, where: string): { width: number; height: number; data: Uint8Array | Uint16Array } {
  try {
    return PNG.sync.read(toBuffer(chunks), { skipRescale: true });
  } catch (error) {
    fail('format', where, `expected a whole PNG image, got a broken one (${error instanceof Error ? error.message : String(error)}).`, 'Replace it.');
  }
}

function dropAlpha(rgba: Uint8Array | Uint16Array, channels: 1 | 3): Uint8Array | Uint16Array {
  const pixels = rgba.length / 4;
  const data = rgba instanceof Uint16Array ? new Uint16Array(pixels * channels) : new Uint8Array(pixels * channels);
  for (let from = 0, to = 0; from < rgba.length; from += 4) {
    for (let channel = 0; channel < channels; channel++) data[to++] = rgba[from + channel]!;
  }
  return data;
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function truncated(where: string, at: number, length: number): never {
  return fail('format', `${where} at byte ${at}`, `expected a whole PNG chunk, got the end of the file at byte ${length}.`, 'The file is truncated; replace it.');
}
