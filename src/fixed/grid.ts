import { clamp, largestCode, roundHalfEven } from './rounding.js';

/** Magnitudes up to this count as zero: such a threshold gives codes of 0 only (QUANTIZER.md, section 3). */
export const ZERO = 1e-8;

/** The grid step of a threshold, its scale factor: the float32 of the double quotient `th / m`. */
export function gridStep(th: number, bw: number): number {
  return Math.fround(th / largestCode(bw));
}

/**
 * The walk's rounding of a float32 value to its grid: `round_half_even(clip(x, -th, th) / sf)`, clip and
 * division in float32. QUANTIZER.md, section 4, `fq`; the value itself is {@link gridValue} of the code.
 */
export function gridCode(x: number, th: number, bw: number): number {
  if (th <= ZERO) return 0;
  const limit = Math.fround(th);
  return roundHalfEven(Math.fround(clamp(x, -limit, limit) / gridStep(th, bw)));
}

/** The float32 value a code stands for. */
export function gridValue(code: number, th: number, bw: number): number {
  return Math.fround(code * gridStep(th, bw));
}
