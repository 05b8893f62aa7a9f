import { fail } from '../error.js';
import type { Sampling } from './jpeg-smooth.js';

/** The parameters that a JPEG's segments state before its first scan. */
export interface JpegHeader {
  readonly width: number;
  readonly height: number;
  readonly components: readonly (Sampling & { readonly id: number })[];
  readonly progressive: boolean;
  /** Components of the first scan. */
  readonly scanComponents: number;
  /** MCUs between restart markers; 0 for none. */
  readonly restartInterval: number;
  /** Whether the file has a JFIF marker. */
  readonly jfif: boolean;
  /** The colour transform of Adobe's marker and its offset in the file; undefined without such a marker. */
  readonly adobe: { readonly transform: number; readonly offset: number } | undefined;
}

/** Largest image that is decoded: a broken header is an error and does not exhaust the memory. */
const MEGAPIXELS = 300;

const SOF2 = 0xc2;
const SOI = 0xd8;
const SOS = 0xda;
const EOI = 0xd9;
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

/** Walks the segments up to the first scan. `where` names the file. Throws `format`. */
export function readJpegHeader(bytes: Uint8Array, where: string): JpegHeader {
  let frame: Frame | undefined;
  let jfif = false;
  let adobe: JpegHeader['adobe'];
  let restartInterval = 0;
  let scanComponents = 0;
  for (let at = 2; ; ) {
    while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at++;
    if (at + 2 > bytes.length) noScan(where, bytes.length, 'the end of the file');
    if (bytes[at] !== 0xff) noScan(where, at, `0x${bytes[at]!.toString(16).padStart(2, '0')}`);
    const marker = bytes[at + 1]!;
    if (marker === EOI) noScan(where, at, 'the end of the image');
    if (marker === SOI || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) {
      at += 2;
      continue;
    }
    if (at + 4 > bytes.length) noScan(where, bytes.length, 'the end of the file');
    const payload = bytes.subarray(at + 4, at + 2 + ((bytes[at + 2]! << 8) | bytes[at + 3]!));
    if (marker in FRAMES_NOT_READ)
      fail(
        'format',
        where,
        `expected a baseline or progressive JPEG image, got ${FRAMES_NOT_READ[marker]}.`,
        'Convert it.',
      );
    if (marker === SOS) {
      scanComponents = payload[0] ?? 0;
      break;
    }
    if (marker >= 0xc0 && marker <= SOF2) frame = readFrame(payload, marker === SOF2, where);
    if (marker === DRI) restartInterval = ((payload[0] ?? 0) << 8) | (payload[1] ?? 0);
    if (marker === APP0 && startsWith(payload, 'JFIF\0')) jfif = true;
    if (marker === APP14 && payload.length > 11 && startsWith(payload, 'Adobe'))
      adobe = { transform: payload[11]!, offset: at + 15 };
    at += 4 + payload.length;
  }
  if (frame === undefined)
    fail(
      'format',
      where,
      'expected a frame header before the first scan, got none.',
      'The file is broken; replace it.',
    );
  if (frame.components.length === 4 && adobe === undefined) {
    fail(
      'format',
      where,
      "expected an Adobe marker that says how the JPEG's 4 components are coded, got none.",
      'Convert it to RGB.',
    );
  }
  return { ...frame, scanComponents, restartInterval, jfif, adobe };
}

function readFrame(payload: Uint8Array, progressive: boolean, where: string): Frame {
  const [precision = 0, heightHigh = 0, heightLow = 0, widthHigh = 0, widthLow = 0, count = 0] = payload;
  const height = (heightHigh << 8) | heightLow;
  const width = (widthHigh << 8) | widthLow;
  if (precision !== 8)
    fail('format', where, `expected a JPEG image of 8 bits, got one of ${precision}.`, 'Convert it.');
  if (width * height === 0 || width * height > MEGAPIXELS * 1e6) {
    fail(
      'format',
      where,
      `expected a JPEG image of 1 pixel to ${MEGAPIXELS} megapixels, got ${width}x${height}.`,
      'Convert it.',
    );
  }
  if (![1, 3, 4].includes(count) || payload.length < 6 + 3 * count) {
    fail('format', where, `expected a JPEG image of 1, 3 or 4 components, got ${count}.`, 'Convert it.');
  }
  const components = Array.from({ length: count }, (_, k) => {
    const [id = 0, factors = 0] = payload.subarray(6 + 3 * k);
    return { id, h: factors >> 4, v: factors & 15 };
  });
  if (components.some(({ h, v }) => h < 1 || h > 4 || v < 1 || v > 4)) {
    fail(
      'format',
      where,
      'expected sampling factors from 1 to 4, got others.',
      'The JPEG image is broken; replace it.',
    );
  }
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
