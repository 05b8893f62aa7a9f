import { fail } from '../error.js';
import type { Sampling } from './jpeg-color.js';

/** What a JPEG's segments say before its first scan. */
export interface JpegHeader {
  readonly width: number;
  readonly height: number;
  readonly components: readonly (Sampling & { readonly id: number })[];
  /** Whether a JFIF marker is there. */
  readonly jfif: boolean;
  /** The colour transform of Adobe's marker and the byte it stands at, where there is one. */
  readonly adobe: { readonly transform: number; readonly offset: number } | undefined;
}

const SOI = 0xd8;
const SOS = 0xda;
const EOI = 0xd9;
const APP0 = 0xe0;
const APP14 = 0xee;

/** The kinds of frame that are not decoded; ITU-T T.81, table B.1. */
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

interface Frame {
  precision: number;
  width: number;
  height: number;
  components: (Sampling & { id: number })[];
}

/** Walks the segments up to the first scan. `where` names the file. Throws `format`. */
export function readJpegHeader(bytes: Uint8Array, where: string): JpegHeader {
  let frame: Frame | undefined;
  let jfif = false;
  let adobe: JpegHeader['adobe'];
  for (let at = 2; ; ) {
    while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at++;
    if (at + 2 > bytes.length) noScan(where, bytes.length, 'the end of the file');
    if (bytes[at] !== 0xff) noScan(where, at, `0x${bytes[at]!.toString(16).padStart(2, '0')}`);
    const marker = bytes[at + 1]!;
    if (marker === SOS) break;
    if (marker === EOI) noScan(where, at, 'the end of the image');
    if (marker === SOI || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) {
      at += 2;
      continue;
    }
    if (at + 4 > bytes.length) noScan(where, bytes.length, 'the end of the file');
    const payload = bytes.subarray(at + 4, at + 2 + ((bytes[at + 2]! << 8) | bytes[at + 3]!));
    if (marker in FRAMES_NOT_READ) fail('format', where, `expected a baseline or progressive JPEG image, got ${FRAMES_NOT_READ[marker]}.`, 'Convert it.');
    if (marker >= 0xc0 && marker <= 0xc2) frame = readFrame(payload);
    if (marker === APP0 && startsWith(payload, 'JFIF\0')) jfif = true;
    if (marker === APP14 && payload.length > 11 && startsWith(payload, 'Adobe')) adobe = { transform: payload[11]!, offset: at + 15 };
    at += 4 + payload.length;
  }
  if (frame === undefined) fail('format', where, 'expected a frame header before the first scan, got none.', 'The file is broken; replace it.');
  checkFrame(frame, where);
  if (frame.components.length === 4 && adobe === undefined) {
    fail('format', where, "expected an Adobe marker that says how the JPEG's 4 components are coded, got none.", 'Convert it to RGB.');
  }
  return { width: frame.width, height: frame.height, components: frame.components, jfif, adobe };
}

function readFrame(payload: Uint8Array): Frame {
  const count = Math.min(payload[5] ?? 0, Math.floor((payload.length - 6) / 3));
  const components = Array.from({ length: Math.max(count, 0) }, (_, k) => {
    const at = 6 + 3 * k;
    return { id: payload[at]!, h: payload[at + 1]! >> 4, v: payload[at + 1]! & 15 };
  });
  return {
    precision: payload[0] ?? 0,
    height: ((payload[1] ?? 0) << 8) | (payload[2] ?? 0),
    width: ((payload[3] ?? 0) << 8) | (payload[4] ?? 0),
    components,
  };
}

function checkFrame({ precision, width, height, components }: Frame, where: string): void {
  if (precision !== 8) fail('format', where, `expected a JPEG image of 8 bits, got one of ${precision}.`, 'Convert it.');
  if (width === 0 || height === 0) fail('format', where, `expected a JPEG image of at least 1x1, got ${width}x${height}.`, 'Convert it.');
  if (![1, 3, 4].includes(components.length)) {
    fail('format', where, `expected a JPEG image of 1, 3 or 4 components, got ${components.length}.`, 'Convert it.');
  }
}

function startsWith(payload: Uint8Array, text: string): boolean {
  return Array.from(text).every((character, i) => payload[i] === character.charCodeAt(0));
}

function noScan(where: string, at: number, got: string): never {
  return fail('format', `${where} at byte ${at}`, `expected a JPEG segment, got ${got}.`, 'The file is broken or truncated; replace it.');
}
