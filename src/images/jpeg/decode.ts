import { fail } from '../../error.js';
import type { Image } from '../image.js';
import { BitReader, type HuffmanTable, huffmanTable } from './bits.js';
import { darken, enlarge, fromYCbCr, interleave } from './color.js';
import { type Frame, readFrame } from './frame.js';
import { inverseTransform } from './idct.js';
import { decodeScan, type Scan, ZIGZAG } from './scan.js';

/** What the segments so far have set. */
interface State {
  frame: Frame | undefined;
  readonly quantization: (Uint16Array | undefined)[];
  readonly dc: (HuffmanTable | undefined)[];
  readonly ac: (HuffmanTable | undefined)[];
  restartInterval: number;
  hasJfif: boolean;
  /** The colour transform of Adobe's marker. */
  adobeTransform: number | undefined;
}

const EOI = 0xd9;
const SOS = 0xda;

/** The kinds of frame that are not decoded; T.81, table B.1. */
const FRAMES_NOT_READ: Readonly<Record<number, string>> = {
  0xc3: 'a lossless one',
  0xc5: 'a hierarchical one',
  0xc6: 'a hierarchical one',
  0xc7: 'a lossless one',
  0xc9: 'one with arithmetic coding',
  0xca: 'one with arithmetic coding',
  0xcb: 'a lossless one',
  0xcd: 'a hierarchical one',
  0xce: 'a hierarchical one',
  0xcf: 'a lossless one',
};

/**
 * Decodes a JPEG: baseline, extended or progressive, 8 bits, 1, 3 or 4 components, any sampling and restart interval; ITU-T T.81. Gives the
 * same pixels as libjpeg with its default settings. Orientation and profiles are ignored. `where` names the file. Throws `format` for what
 * is broken, truncated or of another kind (lossless, arithmetic, 12 bits).
 */
export function decodeJpeg(bytes: Uint8Array, where: string): Image {
  const state: State = { frame: undefined, quantization: [], dc: [], ac: [], restartInterval: 0, hasJfif: false, adobeTransform: undefined };
  for (let at = 2; ; ) {
    at = nextMarker(bytes, at, where);
    const marker = bytes[at - 1]!;
    if (marker === EOI) break;
    if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) continue; // no payload
    const end = at + bytes[at]! * 256 + bytes[at + 1]!;
    if (!(end <= bytes.length)) broken(where, at, 'expected a whole segment, got the end of the file');
    const payload = bytes.subarray(at + 2, end);
    at = marker === SOS ? readScan(bytes, payload, end, state, where) : end;
    if (marker !== SOS) readSegment(marker, payload, state, where);
  }
  if (state.frame === undefined) broken(where, bytes.length, 'expected a frame, got none');
  return toImage(state.frame, state, where);
}

/** The place behind the next marker; bytes that belong to none are passed over, as other decoders do. */
function nextMarker(bytes: Uint8Array, from: number, where: string): number {
  for (let at = from; at + 1 < bytes.length; at++) {
    if (bytes[at] === 0xff && bytes[at + 1] !== 0xff && bytes[at + 1] !== 0) return at + 2;
  }
  return broken(where, bytes.length, 'expected a marker, got the end of the file');
}

function readSegment(marker: number, payload: Uint8Array, state: State, where: string): void {
  if (marker in FRAMES_NOT_READ) fail('format', where, `expected a baseline or progressive JPEG image, got ${FRAMES_NOT_READ[marker]}.`, 'Convert it.');
  switch (marker) {
    case 0xc0:
    case 0xc1:
    case 0xc2:
      if (state.frame !== undefined) fail('format', where, 'expected one frame, got a second one.', 'The JPEG image is broken; replace it.');
      state.frame = readFrame(payload, marker === 0xc2, where);
      return;
    case 0xc4:
      return readHuffmanTables(payload, state, where);
    case 0xdb:
      return readQuantizationTables(payload, state, where);
    case 0xdd:
      state.restartInterval = payload[0]! * 256 + payload[1]!;
      return;
    case 0xe0:
      state.hasJfif ||= startsWith(payload, 'JFIF\0');
      return;
    case 0xee:
      if (payload.length > 11 && startsWith(payload, 'Adobe')) state.adobeTransform = payload[11]!;
  }
}

function readHuffmanTables(payload: Uint8Array, state: State, where: string): void {
  for (let at = 0; at < payload.length; ) {
    const kind = payload[at]!;
    const counts = payload.subarray(at + 1, at + 17);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const symbols = payload.slice(at + 17, at + 17 + total);
    const table = symbols.length === total ? huffmanTable(counts, symbols) : undefined;
    if (table === undefined) fail('format', where, 'expected a Huffman table, got one that is no code.', 'The JPEG image is broken; replace it.');
    (kind >> 4 === 0 ? state.dc : state.ac)[kind & 15] = table;
    at += 17 + total;
  }
}

function readQuantizationTables(payload: Uint8Array, state: State, where: string): void {
  for (let at = 0; at < payload.length; ) {
    const kind = payload[at++]!;
    const bytes = kind >> 4 === 0 ? 1 : 2;
    if (at + 64 * bytes > payload.length) fail('format', where, 'expected a quantization table of 64 values, got fewer.', 'The JPEG image is broken; replace it.');
    const table = new Uint16Array(64);
    for (let k = 0; k < 64; k++, at += bytes) table[ZIGZAG[k]!] = bytes === 1 ? payload[at]! : payload[at]! * 256 + payload[at + 1]!;
    state.quantization[kind & 15] = table;
  }
}

/** Decodes one scan; returns where its data ends. */
function readScan(bytes: Uint8Array, header: Uint8Array, start: number, state: State, where: string): number {
  const { frame } = state;
  if (frame === undefined) fail('format', where, 'expected a frame header before the first scan, got none.', 'The JPEG image is broken; replace it.');
  const scan = readScanHeader(header, frame, state, where);
  for (const { component } of scan.components) component.quantization ??= state.quantization[component.quantizationIndex];
  const reader = new BitReader(bytes, start, where);
  decodeScan(reader, scan, frame);
  return reader.at;
}

function readScanHeader(header: Uint8Array, frame: Frame, state: State, where: string): Scan {
  const count = header[0]!;
  const [start = 0, end = 0, bits = 0] = header.subarray(1 + 2 * count);
  const components = Array.from({ length: count }, (_, k) => {
    const component = frame.components.find(({ id }) => id === header[1 + 2 * k]);
    const tables = header[2 + 2 * k]!;
    return { component: component!, dc: state.dc[tables >> 4], ac: state.ac[tables & 15], prediction: 0 };
  });
  const scan = { components, start, end: frame.progressive ? end : 63, high: bits >> 4, low: bits & 15, restartInterval: state.restartInterval };
  if (count === 0 || count > 4 || header.length < 4 + 2 * count || components.some((part) => part.component === undefined) || end > 63 || start > scan.end || scan.low > 13) {
    fail('format', where, 'expected a scan of components of the frame, got another.', 'The JPEG image is broken; replace it.');
  }
  const needsDc = !frame.progressive || (start === 0 && scan.high === 0);
  const needsAc = !frame.progressive || start > 0;
  if (components.some(({ dc, ac }) => (needsDc && dc === undefined) || (needsAc && ac === undefined)) || (frame.progressive && start > 0 && count > 1)) {
    fail('format', where, 'expected Huffman tables for every component of a scan, got fewer.', 'The JPEG image is broken; replace it.');
  }
  return scan;
}

/** From coefficients to pixels. */
function toImage(frame: Frame, state: State, where: string): Image {
  const { width, height } = frame;
  const planes = frame.components.map((component) => {
    if (component.quantization === undefined) fail('format', where, 'expected every component in a scan and with a quantization table, got one without.', 'The JPEG image is broken; replace it.');
    return enlarge(inverseTransform(component), component, frame);
  });
  const size = { width, height, maximum: 255 };
  if (planes.length === 1) return { ...size, channels: 1, data: interleave(planes, width, height) };
  const colors = isYCbCr(frame, state) ? fromYCbCr(planes, width, height) : interleave(planes.slice(0, 3), width, height);
  if (planes.length === 3) return { ...size, channels: 3, data: colors };
  if (state.adobeTransform === undefined) fail('format', where, "expected an Adobe marker that says how the JPEG's 4 components are coded, got none.", 'Convert it to RGB.');
  return { ...size, channels: 3, data: darken(colors, isYCbCr(frame, state), planes[3]!, width, height) };
}

/** Whether the first three components are luma and chroma; encoders say it in three ways. */
function isYCbCr({ components }: Frame, { hasJfif, adobeTransform }: State): boolean {
  if (components.length === 4) return adobeTransform === 2;
  if (hasJfif) return true;
  if (adobeTransform !== undefined) return adobeTransform !== 0;
  return String.fromCharCode(...components.map(({ id }) => id)) !== 'RGB';
}

function startsWith(payload: Uint8Array, text: string): boolean {
  return Array.from(text).every((character, i) => payload[i] === character.charCodeAt(0));
}

function broken(where: string, at: number, detail: string): never {
  return fail('format', `${where} at byte ${at}`, `${detail}.`, 'The JPEG image is broken or truncated; replace it.');
}
