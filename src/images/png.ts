import { fail } from '../error.js';
import { inflate } from '../platform/index.js';
import { crc32 } from './crc32.js';
import { expectDecodable, type Image } from './image.js';
import { filteredSize, type PngLayout, pngSamples } from './png-rows.js';

/** Bytes of a pixel of three channels as float32. */
const FLOATS = 12;

/** Bit depths that each colour type allows, and its channels; PNG specification, section 11.2.2. */
const COLOR_TYPES: Readonly<Record<number, { readonly depths: readonly number[]; readonly channels: number }>> = {
  0: { depths: [1, 2, 4, 8, 16], channels: 1 },
  2: { depths: [8, 16], channels: 3 },
  3: { depths: [1, 2, 4, 8], channels: 1 },
  4: { depths: [8, 16], channels: 2 },
  6: { depths: [8, 16], channels: 4 },
};
const PALETTE = 3;
const SIGNATURE_BYTES = 8;

/** Most bytes behind the last row that are skipped; other decoders skip any number. */
const SURPLUS = 1 << 26;

const HAS_COLOR = 2;

interface Chunk {
  readonly name: string;
  /** Offset in the file. */
  readonly at: number;
  readonly data: Uint8Array;
  /** The chunk with its length, name and checksum. */
  readonly whole: Uint8Array;
}

interface Header extends PngLayout {
  readonly colorType: number;
}

/**
 * Decodes a PNG of any bit depth, colour type and interlacing; samples keep their full depth. Alpha, transparent colours,
 * gamma and profiles are ignored, and so are bytes behind the end of the image. `where` names the file. Throws `format`.
 */
export async function decodePng(bytes: Uint8Array, where: string): Promise<Image> {
  const chunks = criticalChunks(bytes, where);
  const header = readHeader(chunks[0], where);
  const rows = await inflateRows(chunks, filteredSize(header), where);
  expectChecksums(chunks, where);
  const { width, height, depth, colorType } = header;
  const channels = (colorType & HAS_COLOR) === 0 ? 1 : 3;
  try {
    if (colorType !== PALETTE) {
      const data = pngSamples(rows, header, channels);
      return { width, height, channels, maximum: 2 ** depth - 1, data };
    }
    const data = colorsOf(pngSamples(rows, header, 1), paletteOf(chunks));
    return { width, height, channels, maximum: 255, data };
  } catch (error) {
    return broken(where, error instanceof Error ? error.message : String(error));
  }
}

/** All chunks but the ancillary ones; IHDR is the first, IEND the last. */
function criticalChunks(bytes: Uint8Array, where: string): [Chunk, ...Chunk[]] {
  let at = SIGNATURE_BYTES;
  const next = (): Chunk => {
    for (;;) {
      const chunk = readChunk(bytes, at, where);
      at += chunk.whole.length;
      if (isCritical(chunk)) return chunk;
    }
  };
  const header = next();
  if (header.name !== 'IHDR') unexpectedChunk(header, 'a PNG header chunk', where);
  const chunks: [Chunk, ...Chunk[]] = [header];
  while (chunks.at(-1)?.name !== 'IEND') {
    const chunk = next();
    if (!['PLTE', 'IDAT', 'IEND'].includes(chunk.name)) unexpectedChunk(chunk, 'a PNG chunk', where);
    chunks.push(chunk);
  }
  return chunks;
}

/** Bit 5 of a name's first byte, the case of its letter, marks ancillary chunks. */
function isCritical({ name }: Chunk): boolean {
  return (name.charCodeAt(0) & 0x20) === 0;
}

function readChunk(bytes: Uint8Array, at: number, where: string): Chunk {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = at + 12 + (at + 12 <= bytes.length ? view.getUint32(at) : 0);
  if (end > bytes.length) {
    fail(
      'format',
      `${where} at byte ${at}`,
      `expected a whole PNG chunk, got the end of the file at byte ${bytes.length}.`,
      'The file is truncated; replace it.',
    );
  }
  const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
  return { name, at, data: bytes.subarray(at + 8, end - 4), whole: bytes.subarray(at, end) };
}

function readHeader({ data, at }: Chunk, where: string): Header {
  if (data.length !== 13)
    fail(
      'format',
      `${where} at byte ${at}`,
      `expected a PNG header of 13 bytes, got ${data.length}.`,
      'Convert the image again.',
    );
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [depth = 0, colorType = 0, compression = 0, filter = 0, interlace = 0] = data.subarray(8);
  const type = COLOR_TYPES[colorType];
  if (type === undefined || !type.depths.includes(depth) || compression !== 0 || filter !== 0 || interlace > 1) {
    fail(
      'format',
      where,
      `expected a kind of PNG that exists, got colour type ${colorType} with ${depth} bits, compression ${compression}, filter ${filter}, interlacing ${interlace}.`,
      'Convert the image again.',
    );
  }
  const layout = { width, height, depth, channels: type.channels, interlaced: interlace === 1 };
  // The file's rows twice, samples at the depth of the file twice, float32.
  expectDecodable(width, height, (2 * type.channels * depth) / 8 + (depth === 16 ? 2 : 1) * 7 + FLOATS, where);
  return { ...layout, colorType };
}

/** The filtered rows. Inflating checks that they are whole and not much larger than the image needs. */
async function inflateRows(chunks: readonly Chunk[], size: number, where: string): Promise<Uint8Array> {
  const stream = concatenate(chunks.filter(({ name }) => name === 'IDAT').map(({ data }) => data));
  const rows = await inflate(stream, size + SURPLUS).catch((error: Error) => broken(where, error.message));
  if (rows.length < size) broken(where, `${size - rows.length} of ${size} bytes are missing`);
  return rows;
}

function expectChecksums(chunks: readonly Chunk[], where: string): void {
  for (const { whole, at } of chunks) {
    const view = new DataView(whole.buffer, whole.byteOffset, whole.byteLength);
    if (crc32(whole.subarray(4, -4)) !== view.getUint32(whole.length - 4))
      broken(where, `the checksum of the chunk at byte ${at} fails`);
  }
}

/** Red, green and blue of each entry. Throws an `Error` where there is no palette. */
function paletteOf(chunks: readonly Chunk[]): Uint8Array {
  const found = chunks.filter(({ name }) => name === 'PLTE').map(({ data }) => data);
  if (found.length === 0) throw new Error('Expected palette not found');
  return concatenate(found);
}

function colorsOf(indices: Uint8Array | Uint16Array, palette: Uint8Array): Uint8Array {
  const entries = Math.floor(palette.length / 3);
  const colors = new Uint8Array(indices.length * 3);
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i]!;
    if (index >= entries) throw new Error(`index ${index} not in palette`);
    for (let channel = 0; channel < 3; channel++) colors[3 * i + channel] = palette[3 * index + channel]!;
  }
  return colors;
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

function unexpectedChunk({ name, at }: Chunk, expected: string, where: string): never {
  return fail(
    'format',
    `${where} at byte ${at}`,
    `expected ${expected}, got ${JSON.stringify(name)}.`,
    'Convert the image again.',
  );
}

function broken(where: string, reason: string): never {
  return fail('format', where, `expected a whole PNG image, got a broken one (${reason}).`, 'Replace it.');
}
