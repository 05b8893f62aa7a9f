import { fail } from '../error.js';
import { expectDecodable } from './image.js';
import type { Sampling } from './jpeg-smooth.js';

/** The parameters that a JPEG's segments state before its first scan. */
export interface JpegHeader {
  readonly width: number;
  readonly height: number;
  /** With the name of each component, and the number of its quantization table. */
  readonly components: readonly (Sampling & { readonly id: number; readonly table: number })[];
  readonly progressive: boolean;
  /** Components of the first scan. */
  readonly scanComponents: number;
  /** MCUs between restart markers; 0 for none. */
  readonly restartInterval: number;
  /** Whether the file has a JFIF marker. */
  readonly jfif: boolean;
  /** Offsets of the segments before the first scan. */
  readonly segments: readonly Segment[];
  /** Offset of the first scan. */
  readonly scan: number;
  /** Whether all Huffman tables of the first scan are there. */
  readonly hasHuffmanTables: boolean;
  /** The colour transform of Adobe's marker and its offset in the file; undefined without such a marker. */
  readonly adobe: { readonly transform: number; readonly offset: number } | undefined;
}

/** A marker with what belongs to it, from `start` to before `end`. */
interface Segment {
  readonly marker: number;
  readonly start: number;
  readonly end: number;
}

/** What jpeg-js and the conversions behind it allocate, at most. */
const BYTES_PER_SAMPLE = 9;
const BYTES_PER_PIXEL = 18;

const SOF0 = 0xc0;
const SOF2 = 0xc2;
const DHT = 0xc4;
const SOI = 0xd8;
const SOS = 0xda;
const EOI = 0xd9;
const DQT = 0xdb;
const DRI = 0xdd;
const APP0 = 0xe0;
const APP14 = 0xee;

/** Kinds of frame that are not decoded, by their marker; ITU-T T.81, table B.1. */
const FRAMES_NOT_READ: Readonly<Record<number, string>> = {
  195: 'a lossless one',
  197: 'a hierarchical one',
  198: 'a hierarchical one',
  199: 'a lossless one',
  201: 'one with arithmetic coding',
  202: 'one with arithmetic coding',
  203: 'a lossless one',
  205: 'a hierarchical one',
  206: 'a hierarchical one',
  207: 'a lossless one',
};

type Frame = Pick<JpegHeader, 'width' | 'height' | 'components' | 'progressive'>;

/** Reads the segments up to the first scan. `where` names the file. Throws `format`. */
export function readJpegHeader(bytes: Uint8Array, where: string): JpegHeader {
  const { segments, scan } = readSegments(bytes, where);
  const payloads = (marker: number): Uint8Array[] =>
    segments.filter((segment) => segment.marker === marker).map(({ start, end }) => bytes.subarray(start + 4, end));
  const frames = segments.filter(({ marker }) => marker >= SOF0 && marker <= SOF2);
  const frame = frames
    .map(({ marker, start, end }) => readFrame(bytes.subarray(start + 4, end), marker === SOF2, where))
    .at(-1);
  if (frame === undefined)
    fail(
      'format',
      where,
      'expected a frame header before the first scan, got none.',
      'The file is broken; replace it.',
    );
  const adobe = adobeMarker(bytes, segments);
  if (frame.components.length === 4 && adobe === undefined) {
    fail(
      'format',
      where,
      "expected an Adobe marker that says how the JPEG's 4 components are coded, got none.",
      'Convert it to RGB.',
    );
  }
  const scanHeader = bytes.subarray(scan + 4);
  const [scanComponents = 0] = scanHeader;
  checkQuantization(frame, scanHeader, payloads(DQT), where);
  const [intervalHigh = 0, intervalLow = 0] = payloads(DRI).at(-1) ?? [];
  return {
    ...frame,
    scanComponents,
    restartInterval: (intervalHigh << 8) | intervalLow,
    jfif: payloads(APP0).some((payload) => startsWith(payload, 'JFIF\0')),
    segments,
    scan,
    hasHuffmanTables: hasTables(frame, scanHeader, payloads(DHT)),
    adobe,
  };
}

/** The segments before the first scan. Bytes between them that are no marker are skipped, as libjpeg does. */
function readSegments(bytes: Uint8Array, where: string): { segments: Segment[]; scan: number } {
  const segments: Segment[] = [];
  for (let at = 2; ; ) {
    while (at + 2 <= bytes.length && !isMarker(bytes, at)) at++;
    if (at + 2 > bytes.length) noScan(where, bytes.length, 'the end of the file');
    const marker = bytes[at + 1] ?? 0;
    if (marker === EOI) noScan(where, at, 'the end of the image');
    if (marker === SOI || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) {
      segments.push({ marker, start: at, end: at + 2 });
      at += 2;
      continue;
    }
    const [high, low] = bytes.subarray(at + 2);
    if (high === undefined || low === undefined) noScan(where, bytes.length, 'the end of the file');
    if (FRAMES_NOT_READ[marker] !== undefined)
      fail(
        'format',
        where,
        `expected a baseline or progressive JPEG image, got ${FRAMES_NOT_READ[marker]}.`,
        'Convert it.',
      );
    if (marker === SOS) return { segments, scan: at };
    const end = Math.min(at + 2 + Math.max(2, (high << 8) | low), bytes.length);
    segments.push({ marker, start: at, end });
    at = end;
  }
}

/** Whether a marker begins here: 0xff, but not as a fill byte or stuffed. */
function isMarker(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0xff && bytes[at + 1] !== 0xff && bytes[at + 1] !== 0;
}

function adobeMarker(bytes: Uint8Array, segments: readonly Segment[]): JpegHeader['adobe'] {
  const found = segments
    .filter(({ marker, start, end }) => {
      const payload = bytes.subarray(start + 4, end);
      return marker === APP14 && payload.length > 11 && startsWith(payload, 'Adobe');
    })
    .at(-1);
  const transform = found === undefined ? undefined : bytes[found.start + 15];
  return found === undefined || transform === undefined ? undefined : { transform, offset: found.start + 15 };
}

/** Identifiers of the Huffman tables that segments define: class in the high half of the byte, destination in the low one. */
function huffmanTables(payloads: readonly Uint8Array[]): Set<number> {
  const tables = new Set<number>();
  for (const payload of payloads) {
    for (let at = 0; at + 17 <= payload.length; ) {
      tables.add(payload[at] ?? 0);
      at += 17 + payload.subarray(at + 1, at + 17).reduce((sum, count) => sum + count, 0);
    }
  }
  return tables;
}

/** Whether the tables of the first scan are defined. The first scan of a progressive file has no AC coefficients. */
function hasTables({ progressive }: Frame, scan: Uint8Array, payloads: readonly Uint8Array[]): boolean {
  const tables = huffmanTables(payloads);
  const [count = 0] = scan;
  return Array.from({ length: count }, (_, k) => scan[2 + 2 * k] ?? 0).every(
    (selectors) => tables.has(selectors >> 4) && (progressive || tables.has(0x10 | (selectors & 15))),
  );
}

/** Refuses a first scan whose quantization tables are missing: there are no standard ones. */
function checkQuantization(frame: Frame, scan: Uint8Array, payloads: readonly Uint8Array[], where: string): void {
  const tables = new Set<number>();
  for (const payload of payloads) {
    for (let at = 0; at < payload.length; ) {
      const [identifier = 0] = payload.subarray(at);
      tables.add(identifier & 15);
      at += identifier >> 4 === 0 ? 65 : 129;
    }
  }
  const [count = 0] = scan;
  const scanned = Array.from({ length: count }, (_, k) => scan[1 + 2 * k]);
  const missing = frame.components.find(({ id, table }) => scanned.includes(id) && !tables.has(table));
  if (missing !== undefined)
    fail(
      'format',
      where,
      `expected quantization table ${missing.table} before the first scan, got none.`,
      'The file is a part of another one, or broken; replace it.',
    );
}

function readFrame(payload: Uint8Array, progressive: boolean, where: string): Frame {
  const [precision = 0, heightHigh = 0, heightLow = 0, widthHigh = 0, widthLow = 0, count = 0] = payload;
  const height = (heightHigh << 8) | heightLow;
  const width = (widthHigh << 8) | widthLow;
  if (precision !== 8)
    fail('format', where, `expected a JPEG image of 8 bits, got one of ${precision}.`, 'Convert it.');
  if (![1, 3, 4].includes(count) || payload.length < 6 + 3 * count) {
    fail('format', where, `expected a JPEG image of 1, 3 or 4 components, got ${count}.`, 'Convert it.');
  }
  const components = Array.from({ length: count }, (_, k) => {
    const [id = 0, factors = 0, table = 0] = payload.subarray(6 + 3 * k);
    return { id, h: factors >> 4, v: factors & 15, table };
  });
  if (components.some(({ h, v }) => h < 1 || h > 4 || v < 1 || v > 4)) {
    fail(
      'format',
      where,
      'expected sampling factors from 1 to 4, got others.',
      'The JPEG image is broken; replace it.',
    );
  }
  // Coefficients as int32 with their blocks, samples twice, RGB and float32.
  const [most, samples] = [
    Math.max(...components.map(({ h }) => h)) * Math.max(...components.map(({ v }) => v)),
    components.reduce((sum, { h, v }) => sum + h * v, 0),
  ];
  expectDecodable(width, height, (BYTES_PER_SAMPLE * samples) / most + BYTES_PER_PIXEL, where);
  return { width, height, components, progressive };
}

function startsWith(payload: Uint8Array, text: string): boolean {
  return Array.from(text).every((character, i) => payload[i] === character.charCodeAt(0));
}

function noScan(where: string, at: number, got: string): never {
  return fail(
    'format',
    `${where} at byte ${at}`,
    `expected a JPEG segment, got ${got}.`,
    'The file is broken or truncated; replace it.',
  );
}
