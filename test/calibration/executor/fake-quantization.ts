import { gridStep, ZERO } from '../../../src/fixed/grid.js';
import { clamp, roundHalfEven } from '../../../src/fixed/rounding.js';

/**
 * The code of a float32 value, as calibration rounds it: `round_half_even(clip(x, -th, th) / sf)`, clip and division in
 * float32. A threshold that counts as zero gives 0. Source: `docs/spec/quantizer.md`, section 4, `fq`.
 */
export function gridCode(x: number, th: number, bw: number): number {
  if (th <= ZERO) return 0;
  const limit = Math.fround(th);
  return roundHalfEven(Math.fround(clamp(x, -limit, limit) / gridStep(th, bw)));
}

/** The float32 value of a code, `code * sf` rounded once. */
export function gridValue(code: number, th: number, bw: number): number {
  return Math.fround(code * gridStep(th, bw));
}

/** The value of the code of a float32 value. */
export function fakeQuantize(x: number, th: number, bw: number): number {
  return gridValue(gridCode(x, th, bw), th, bw);
}
