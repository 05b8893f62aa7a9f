import { largestCode } from './rounding.js';

/** The bit widths that an overlay computes with. */
export type BitWidth = 8 | 16;

/** Whether an overlay computes with codes of so many bits. */
export function isBitWidth(bits: number): bits is BitWidth {
  return bits in CODES;
}

/** Where codes stand for numbers: signed codes of `bits` bits, the largest of which stands for `threshold`. */
export interface Grid {
  /** In the unit of the value, finite, at least 0; 0 gives codes of 0 only. */
  readonly threshold: number;
  readonly bits: BitWidth;
}

/** How the codes of each width are stored: element type in kernels' names, bytes, range, typed array. */
export const CODES = {
  8: { element: 'i8', bytes: 1, smallest: -128, largest: 127, array: Int8Array },
  16: { element: 'i16', bytes: 2, smallest: -32768, largest: 32767, array: Int16Array },
} as const;

/** 24 signed bits: the accumulator of 8-bit overlays, and on v3 the sum before scaling at 16 bits and the bias at 8. */
export const INT24 = { bits: 24, smallest: -8388608, largest: 8388607 } as const;

/** The grid step, `sf` in the scaling file: the float32 of the double quotient `threshold / largest code`. */
export function stepOf({ threshold, bits }: Grid): number {
  return Math.fround(threshold / CODES[bits].largest);
}

/** Whether two grids give the same codes. */
export function sameGrid(a: Grid, b: Grid): boolean {
  return a.threshold === b.threshold && a.bits === b.bits;
}

/** Magnitudes up to this count as zero: such a threshold gives codes of 0 only (`docs/spec/quantizer.md`, section 3). */
export const ZERO = 1e-8;

/**
 * The grid step of a threshold, its scale factor `sf`: the float32 of the double quotient `th / m`, in the unit of
 * the threshold. `th` finite and at least 0, `bw` 8 or 16.
 */
export function gridStep(th: number, bw: number): number {
  return Math.fround(th / largestCode(bw));
}
