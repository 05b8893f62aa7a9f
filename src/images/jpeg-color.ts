import type { Sampling } from './jpeg-smooth.js';

// 1.402, 1.772, 0.71414 and 0.34414 in units of 2^-16.
const CR_TO_RED = 91881;
const CB_TO_BLUE = 116130;
const CR_TO_GREEN = 46802;
const CB_TO_GREEN = 22554;
const HALF = 1 << 15;

// JFIF's equations with 16 fraction bits, as libjpeg tabulates them. The green ones are added before they are rounded.
const redOfCr = chromaTable((cr) => (CR_TO_RED * cr + HALF) >> 16);
const blueOfCb = chromaTable((cb) => (CB_TO_BLUE * cb + HALF) >> 16);
const greenOfCr = chromaTable((cr) => -CR_TO_GREEN * cr);
const greenOfCb = chromaTable((cb) => HALF - CB_TO_GREEN * cb);

/** Index of 0 in the table that clamps sums of luma and chroma; chroma adds -227 to 226. */
const CLAMP_OFFSET = 256;
const clamped = Uint8ClampedArray.from({ length: 3 * 256 }, (_, i) => i - CLAMP_OFFSET);

/** Pixels per call of the loop: V8 switches to the compiled form of a function at its next call, not in the loop. */
const RUN = 512;

/** Turns interleaved Y, Cb, Cr of full size into RGB in place, rounded and clamped as libjpeg does. */
export function convertYCbCr(samples: Uint8Array): void {
  for (let start = 0; start < samples.length; start += 3 * RUN)
    convertRun(samples, start, Math.min(start + 3 * RUN, samples.length));
}

function convertRun(samples: Uint8Array, start: number, end: number): void {
  for (let i = start; i < end; i += 3) setPixel(samples, i, samples[i]!, samples[i + 1]!, samples[i + 2]!);
}

/** Whether chroma has half the samples of luma in each row, and all or half of the rows: 4:2:2 and 4:2:0, as in most photographs. */
export function hasHalvedChroma([y, cb, cr]: readonly Sampling[], width: number): boolean {
  const sameChroma = cb!.h === cr!.h && cb!.v === cr!.v;
  // libjpeg filters rows of more than 2 chroma samples only.
  return width > 4 && sameChroma && y!.h === 2 * cb!.h && (y!.v === cb!.v || y!.v === 2 * cb!.v);
}

/**
 * {@link smoothSubsampled} and {@link convertYCbCr} in one pass, for halved chroma ({@link hasHalvedChroma}). Returns
 * RGB; `samples` stay as they are.
 */
export function convertHalvedYCbCr(
  samples: Uint8Array,
  width: number,
  height: number,
  [y, cb]: readonly Sampling[],
): Uint8Array {
  const rgb = new Uint8Array(samples.length);
  const stepY = y!.v / cb!.v;
  const last = Math.ceil(height / stepY) - 1;
  const [evenBias, oddBias] = stepY === 1 ? [4, 8] : [8, 7];
  const stride = 3 * width;
  for (let row = 0; row < height; row++) {
    const near = Math.floor(row / stepY);
    const far = stepY === 1 ? near : Math.min(Math.max(near + (row % 2 === 0 ? -1 : 1), 0), last);
    convertHalvedRow(
      samples,
      rgb,
      row * stride,
      width,
      near * stepY * stride,
      far * stepY * stride,
      evenBias!,
      oddBias!,
    );
  }
  return rgb;
}

/**
 * One row. `near` and `far` are the offsets of the rows that hold its chroma. A column is 3 x the nearer row + 1 x the
 * farther one (the same row where chroma has all rows), a sample is 3 x the nearer column + 1 x the farther one: weights
 * of 16 in all, sums up to 4080. The biases, for even and odd pixels, round as libjpeg does.
 */
function convertHalvedRow(
  samples: Uint8Array,
  rgb: Uint8Array,
  row: number,
  width: number,
  near: number,
  far: number,
  evenBias: number,
  oddBias: number,
): void {
  let cb = 3 * samples[near + 1]! + samples[far + 1]!;
  let cr = 3 * samples[near + 2]! + samples[far + 2]!;
  let cbBefore = cb;
  let crBefore = cr;
  for (let x = 0, i = row; x < width; x += 2, i += 6) {
    const next = x + 2 < width ? 6 : 0;
    near += next;
    far += next;
    const cbAfter = 3 * samples[near + 1]! + samples[far + 1]!;
    const crAfter = 3 * samples[near + 2]! + samples[far + 2]!;
    setPixel(rgb, i, samples[i]!, (3 * cb + cbBefore + evenBias) >> 4, (3 * cr + crBefore + evenBias) >> 4);
    if (x + 1 < width)
      setPixel(rgb, i + 3, samples[i + 3]!, (3 * cb + cbAfter + oddBias) >> 4, (3 * cr + crAfter + oddBias) >> 4);
    cbBefore = cb;
    crBefore = cr;
    cb = cbAfter;
    cr = crAfter;
  }
}

function setPixel(rgb: Uint8Array, at: number, luma: number, cb: number, cr: number): void {
  const y = luma + CLAMP_OFFSET;
  rgb[at] = clamped[y + redOfCr[cr]!]!;
  rgb[at + 1] = clamped[y + ((greenOfCb[cb]! + greenOfCr[cr]!) >> 16)]!;
  rgb[at + 2] = clamped[y + blueOfCb[cb]!]!;
}

/** A term of the equations for each of the 256 chroma samples, which stand for -128 to 127. */
function chromaTable(term: (chroma: number) => number): Int32Array {
  return Int32Array.from({ length: 256 }, (_, sample) => term(sample - 128));
}
