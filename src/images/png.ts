import { fail } from '../error.js';
import { inflate } from '../platform/index.js';
import { crc32 } from './crc32.js';
import { pngChunk } from './encode-png.js';
import { expectDecodable, type Image } from './image.js';
import { storedZlib } from './zlib-stored.js';

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
const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** Most bytes behind the last row that are skipped; other decoders skip any number. */
const SURPLUS = 1 << 26;

/** First column and row, and steps in both directions, of each pass of interlacing; PNG specification, section 8.1. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;
const NO_INTERLACE = [[0, 0, 1, 1]] as const;

const passSize = (size: number, first: number, step: number): number => Math.ceil((size - first) / step);
const HAS_COLOR = 2;

interface Chunk {
  readonly name: string;
  /** Offset in the file. */
  readonly at: number;
  readonly data: Uint8Array;
  /** The chunk with its length, name and checksum. */
  readonly whole: Uint8Array;
}

interface Header {
  readonly depth: number;
  readonly colorType: number;
  /** Bytes of the filtered rows. */
  readonly size: number;
}

interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint16Array;
}

/**
 * Decodes a PNG of any bit depth, colour type and interlacing by pngjs; samples keep their full depth. Alpha,
 * transparent colours, gamma and profiles are ignored, and so are bytes behind the end of the image. `where` names the
 * file. Throws `format`.
 *
 * pngjs is loaded at the first PNG. A bundle for a browser takes `pngjs/browser` in place of `pngjs`, which contains
 * the parts of Node that pngjs uses.
 */
export async function decodePng(bytes: Uint8Array, where: string): Promise<Image> {
  const chunks = criticalChunks(bytes, where);
  const header = readHeader(chunks[0], where);
  const rows = await inflateRows(chunks, header, where);
  const { width, height, data } = await decode(chunks, rows.subarray(0, header.size), where);
  const channels = (header.colorType & HAS_COLOR) === 0 ? 1 : 3;
  const maximum = header.colorType === PALETTE ? 255 : 2 ** header.depth - 1;
  return { width, height, channels, maximum, data: dropAlpha(data, channels) };
}

/**
 * All chunks but the ancillary ones; IHDR is the first, IEND the last. A transparent colour (tRNS) is left out because
 * pngjs would blacken the pixels of that colour.
 */
function criticalChunks(bytes: Uint8Array, where: string): [Chunk, ...Chunk[]] {
  let at = SIGNATURE.length;
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
  // The file's rows twice, RGBA and RGB at the depth of the file, float32.
  const sample = depth === 16 ? 2 : 1;
  expectDecodable(width, height, (2 * type.channels * depth) / 8 + 7 * sample + FLOATS, where);
  return {
    depth,
    colorType,
    size: (interlace === 1 ? ADAM7 : NO_INTERLACE).reduce((sum, pass) => {
      const [columns, rows] = [passSize(width, pass[0], pass[2]), passSize(height, pass[1], pass[3])];
      return columns === 0 ? sum : sum + rows * (1 + Math.ceil((columns * type.channels * depth) / 8));
    }, 0),
  };
}

/**
 * The filtered rows. Inflating checks that they are whole and not much larger than the image needs: without interlacing
 * pngjs ignores a wrong checksum and fills missing pixels with uninitialised memory; with interlacing it inflates
 * without a limit.
 */
async function inflateRows(chunks: readonly Chunk[], { size }: Header, where: string): Promise<Uint8Array> {
  const stream = concatenate(chunks.filter(({ name }) => name === 'IDAT').map(({ data }) => data));
  const rows = await inflate(stream, size + SURPLUS).catch((error: Error) => broken(where, error.message));
  if (rows.length < size) broken(where, `${size - rows.length} of ${size} bytes are missing`);
  return rows;
}

/** The chunks with these rows alone as data. Throws `format` where a checksum of the data fails, which pngjs then cannot see. */
function exactFile(chunks: readonly Chunk[], rows: Uint8Array, where: string): Uint8Array[] {
  const data = chunks.filter(({ name }) => name === 'IDAT');
  for (const { whole, at } of data) {
    const view = new DataView(whole.buffer, whole.byteOffset, whole.byteLength);
    if (crc32(whole.subarray(4, -4)) !== view.getUint32(whole.length - 4))
      broken(where, `the checksum of the chunk at byte ${at} fails`);
  }
  const [header, ...others] = chunks.filter(({ name }) => name !== 'IDAT').map(({ whole }) => whole);
  return [
    ...(header === undefined ? [] : [header]),
    ...others.slice(0, -1),
    pngChunk('IDAT', storedZlib(rows)),
    ...others.slice(-1),
  ];
}

/** Samples as RGBA, at the depth of the file. pngjs fails at bytes behind the data, so that it is then given the rows alone. */
async function decode(chunks: readonly Chunk[], rows: Uint8Array, where: string): Promise<Pixels> {
  const { PNG } = await import('pngjs');
  // pngjs reads from a Buffer only: Node's or, in a browser, its own, which it does not export.
  const buffers = new PNG({ width: 1, height: 1 }).data.constructor as unknown as {
    from(bytes: ArrayBufferLike): Parameters<typeof PNG.sync.read>[0];
  };
  const read = (parts: readonly Uint8Array[]): Pixels =>
    PNG.sync.read(buffers.from(concatenate([SIGNATURE, ...parts]).buffer), { skipRescale: true });
  try {
    return read(chunks.map(({ whole }) => whole));
  } catch {
    const exact = exactFile(chunks, rows, where);
    try {
      return read(exact);
    } catch (error) {
      broken(where, error instanceof Error ? error.message : String(error));
    }
  }
}

function dropAlpha(rgba: Uint8Array | Uint16Array, channels: 1 | 3): Uint8Array | Uint16Array {
  const length = (rgba.length / 4) * channels;
  const data = rgba instanceof Uint16Array ? new Uint16Array(length) : new Uint8Array(length);
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
