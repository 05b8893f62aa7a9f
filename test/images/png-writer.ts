import { deflateSync } from 'node:zlib';

/** What {@link writePng} writes: samples of the file's own depth, row-major, channels interleaved. */
export interface PngSource {
  readonly width: number;
  readonly height: number;
  readonly depth: 1 | 2 | 4 | 8 | 16;
  /** 0 grey, 2 RGB, 3 palette, 4 grey + alpha, 6 RGB + alpha. */
  readonly colorType: 0 | 2 | 3 | 4 | 6;
  readonly samples: readonly number[];
  readonly interlaced?: boolean;
  readonly palette?: readonly number[];
  /** Chunks between the header and the data. */
  readonly extra?: readonly (readonly [name: string, data: Uint8Array])[];
}

export const CHANNELS = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 } as const;

// Adam7: first column and row, step in x and y.
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** A PNG file, its rows filtered with all five filters in turn. */
export function writePng(source: PngSource): Uint8Array {
  const { width, height, depth, colorType, interlaced = false, palette, extra = [] } = source;
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([depth, colorType, 0, 0, interlaced ? 1 : 0], 8);
  const passes = interlaced ? PASSES : ([[0, 0, 1, 1]] as const);
  const data = passes.flatMap((pass) =>
    filterRows(rowsOf(source, pass), Math.max(1, (CHANNELS[colorType] * depth) / 8)),
  );
  return Uint8Array.from([
    ...[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    ...pngChunk('IHDR', header),
    ...(palette === undefined ? [] : pngChunk('PLTE', Uint8Array.from(palette))),
    ...extra.flatMap(([name, content]) => pngChunk(name, content)),
    ...pngChunk('IDAT', deflateSync(Uint8Array.from(data))),
    ...pngChunk('IEND', new Uint8Array(0)),
  ]);
}

/** One chunk with its length and its checksum. */
export function pngChunk(name: string, data: Uint8Array): number[] {
  const body = [...new TextEncoder().encode(name), ...data];
  return [...bigEndian(data.length), ...body, ...bigEndian(crc32(body))];
}

/** The packed rows of one interlacing pass. */
function rowsOf(
  { width, height, depth, colorType, samples }: PngSource,
  [x0, y0, dx, dy]: readonly number[],
): number[][] {
  const channels = CHANNELS[colorType];
  const rows: number[][] = [];
  for (let y = y0!; y < height; y += dy!) {
    const row: number[] = [];
    for (let x = x0!; x < width; x += dx!)
      row.push(...samples.slice((y * width + x) * channels, (y * width + x + 1) * channels));
    if (row.length > 0) rows.push(pack(row, depth));
  }
  return rows;
}

function pack(row: readonly number[], depth: number): number[] {
  const bits = row.map((sample) => sample.toString(2).padStart(depth, '0')).join('');
  return Array.from({ length: Math.ceil(bits.length / 8) }, (_, i) =>
    parseInt(bits.slice(8 * i, 8 * i + 8).padEnd(8, '0'), 2),
  );
}

function filterRows(rows: readonly number[][], pixelBytes: number): number[] {
  return rows.flatMap((row, y) => [
    y % 5,
    ...row.map(
      (byte, i) =>
        (byte - predict(y % 5, row[i - pixelBytes] ?? 0, rows[y - 1]?.[i] ?? 0, rows[y - 1]?.[i - pixelBytes] ?? 0)) &
        255,
    ),
  ]);
}

function predict(filter: number, left: number, up: number, corner: number): number {
  const paeth = [left, up, corner].map((value) => Math.abs(left + up - corner - value));
  const nearest = paeth[0]! <= paeth[1]! && paeth[0]! <= paeth[2]! ? left : paeth[1]! <= paeth[2]! ? up : corner;
  return [0, left, up, (left + up) >> 1, nearest][filter]!;
}

function bigEndian(value: number): number[] {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255);
}

function crc32(bytes: readonly number[]): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ ((crc & 1) === 0 ? 0 : 0xedb88320);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
