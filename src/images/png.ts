import { fail } from '../error.js';
import { inflate } from '../platform/index.js';
import type { Image } from './image.js';
import { type PngLayout, readPixels, rowBytes, passesOf } from './png-pixels.js';

/** Beyond any photograph, and small enough that a broken header is an error and not an exhausted memory. */
const MEGAPIXELS = 300;

/** Bit depths that each colour type allows, and its channels; PNG specification, section 11.2.2. */
const COLOR_TYPES: Readonly<Record<number, { readonly depths: readonly number[]; readonly channels: number }>> = {
  0: { depths: [1, 2, 4, 8, 16], channels: 1 },
  2: { depths: [8, 16], channels: 3 },
  3: { depths: [1, 2, 4, 8], channels: 1 },
  4: { depths: [8, 16], channels: 2 },
  6: { depths: [8, 16], channels: 4 },
};
const PALETTE = 3;

interface Chunk {
  readonly name: string;
  /** Where the chunk begins. */
  readonly at: number;
  readonly data: Uint8Array;
}

/**
 * Decodes a PNG of any bit depth, colour type and interlacing; samples keep their full depth. Alpha, transparent colours, gamma and profiles
 * are ignored. `where` names the file. Throws `format`.
 */
export async function decodePng(bytes: Uint8Array, where: string): Promise<Image> {
  const chunks = criticalChunks(bytes, where);
  const layout = readHeader(chunks[0]!, where);
  const palette = chunks.find(({ name }) => name === 'PLTE')?.data;
  if (layout.colorType === PALETTE && palette === undefined) broken(where, 'it has no palette');
  const rows = await inflateRows(chunks, layout, where);
  const samples = readPixels(rows, layout) ?? broken(where, 'a row has an unknown filter');
  const { width, height } = layout;
  if (layout.colorType !== PALETTE) {
    return { width, height, channels: layout.colorChannels, maximum: 2 ** layout.depth - 1, data: samples };
  }
  return { width, height, channels: 3, maximum: 255, data: lookUp(samples, palette!) ?? broken(where, 'a pixel is not in the palette') };
}

/** All chunks but the ancillary ones, their checksums tested; IHDR is the first, IEND the last. */
function criticalChunks(bytes: Uint8Array, where: string): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = 8; chunks.at(-1)?.name !== 'IEND'; ) {
    const { next, ...chunk } = readChunk(bytes, at, where);
    const isCritical = (bytes[at + 4]! & 0x20) === 0;
    if (isCritical && chunks.length === 0 && chunk.name !== 'IHDR') unexpectedChunk(chunk, 'a PNG header chunk', where);
    if (isCritical && !['IHDR', 'PLTE', 'IDAT', 'IEND'].includes(chunk.name)) unexpectedChunk(chunk, 'a PNG chunk', where);
    if (isCritical) chunks.push(chunk);
    at = next;
  }
  return chunks;
}

function readChunk(bytes: Uint8Array, at: number, where: string): Chunk & { readonly next: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const next = at + 12 + (at + 12 <= bytes.length ? view.getUint32(at) : 0);
  if (next > bytes.length) {
    fail('format', `${where} at byte ${at}`, `expected a whole PNG chunk, got the end of the file at byte ${bytes.length}.`, 'The file is truncated; replace it.');
  }
  const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
  if (crc32(bytes.subarray(at + 4, next - 4)) !== view.getUint32(next - 4)) {
    fail('format', `${where} at byte ${at}`, `expected the PNG chunk ${JSON.stringify(name)} to match its checksum, got another.`, 'The file is broken; replace it.');
  }
  return { name, at, data: bytes.subarray(at + 8, next - 4), next };
}

function readHeader({ data, at }: Chunk, where: string): PngLayout {
  if (data.length !== 13) fail('format', `${where} at byte ${at}`, `expected a PNG header of 13 bytes, got ${data.length}.`, 'Convert the image again.');
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [depth, colorType, compression, filter, interlace] = data.subarray(8);
  const type = COLOR_TYPES[colorType];
  if (type === undefined || !type.depths.includes(depth) || compression !== 0 || filter !== 0 || interlace > 1) {
    fail('format', where, `expected a kind of PNG that exists, got colour type ${colorType} with ${depth} bits, compression ${compression}, filter ${filter}, interlacing ${interlace}.`, 'Convert the image again.');
  }
  if (width === 0 || height === 0 || width * height > MEGAPIXELS * 1e6) {
    fail('format', where, `expected an image of 1 pixel to ${MEGAPIXELS} megapixels, got ${width}x${height}.`, 'Convert the image again.');
  }
  return { width, height, depth, colorType, channels: type.channels, colorChannels: colorType === 2 || colorType === 6 ? 3 : 1, interlaced: interlace === 1 };
}

/** The filtered rows of all passes. */
async function inflateRows(chunks: readonly Chunk[], layout: PngLayout, where: string): Promise<Uint8Array> {
  const parts = chunks.filter(({ name }) => name === 'IDAT').map(({ data }) => data);
  const size = passesOf(layout).reduce((sum, pass) => sum + pass.height * (1 + rowBytes(pass.width, layout)), 0);
  // Other decoders overlook some bytes too many.
  const rows = await inflate(concatenate(parts), size + 65536).catch((error: Error) => broken(where, error.message));
  return rows.length >= size ? rows : broken(where, `${size - rows.length} of ${size} bytes are missing`);
}

/** Palette indices as RGB; undefined where one is out of the palette. */
function lookUp(indices: Uint8Array | Uint16Array, palette: Uint8Array): Uint8Array | undefined {
  const rgb = new Uint8Array(indices.length * 3);
  for (let i = 0; i < indices.length; i++) {
    const from = indices[i]! * 3;
    if (from + 3 > palette.length) return undefined;
    rgb[3 * i] = palette[from]!;
    rgb[3 * i + 1] = palette[from + 1]!;
    rgb[3 * i + 2] = palette[from + 2]!;
  }
  return rgb;
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ ((crc & 1) === 0 ? 0 : 0xedb88320);
  return crc;
});

/** CRC-32 of ISO 3309, as PNG has it. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = CRC_TABLE[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

function unexpectedChunk({ name, at }: Chunk, expected: string, where: string): never {
  return fail('format', `${where} at byte ${at}`, `expected ${expected}, got ${JSON.stringify(name)}.`, 'Convert the image again.');
}

function broken(where: string, reason: string): never {
  return fail('format', where, `expected a whole PNG image, got a broken one (${reason}).`, 'Replace it.');
}
