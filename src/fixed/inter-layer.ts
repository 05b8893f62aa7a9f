import { fail } from '../error.js';
import { checkWhole, checkWidth } from './checks.js';
import { INT24 } from './grid.js';
import { clamp, largestCode, shiftRightRounding, smallestCode, truncate } from './rounding.js';

const f32 = Math.fround;

/** Limited to the codes of a width, -2^(bw-1) ... 2^(bw-1) - 1. */
const toCode = (value: number, bw: number): number => clamp(value, smallestCode(bw), largestCode(bw));

/**
 * Right shift of a whole number by `s` bits, halves rounded up (towards +infinity): `((v >> (s - 1)) + 1) >> 1` with arithmetic
 * shifts. A shift of 0 or less is none.
 * @param v a whole number below 2^53
 * @param s whole, bits
 * @throws XfdnnError `data` for a number that is not whole, or from 2^53 on
 * Source: `docs/spec/overlay.md`, `rsh`.
 */
export function rsh(v: number, s: number): number {
  return shiftRightRounding(checkWhole('rsh', 'the value', v), checkWhole('rsh', 'the shift', s));
}

/**
 * From accumulator to code on overlay v2:
 * `clamp(rsh(clamp(rsh(acc, pre), lo, hi) * scale, post), lo, hi)`, lo = -2^(bw-1), hi = 2^(bw-1) - 1.
 *
 * Both shifts round halves up (towards +infinity); both clamps saturate to `bw` bits; a shift of 0 or less is none.
 * @param pre `prescale_shift` of the channel, bits
 * @param scale the channel's `scale`; at 8 bits at most 256, so that the product fits 16 bits
 * @param post `postscale_shift` of the channel, bits
 * @param bw bit width of the code: 8 or 16
 * @param acc the accumulator, an exact sum in units of input step times weight step; whole, below 2^53
 * @returns a whole number from lo to hi, in units of the output's step; the v2 bias is added to it afterwards
 * @throws XfdnnError `usage` for another width; `data` for a number that is not whole, a product beyond 16 bits at
 * 8 bits, or anything from 2^53 on
 * Source: `docs/spec/overlay.md`, `interLayerV2`.
 */
export function interLayerV2(pre: number, scale: number, post: number, bw: number, acc: number): number {
  const where = 'interLayerV2';
  checkWidth(where, bw);
  checkTriple(where, pre, scale, post);
  if (bw === 8 && !(Math.abs(scale) <= 256))
    fail('data', where, `expected a scale of at most 256 at 8 bits, got ${scale}.`);
  const shifted = toCode(shiftRightRounding(checkWhole(where, 'the accumulator', acc), pre), bw);
  const product = checkWhole(where, 'the product', shifted * scale);
  if (bw === 8 && product > 32767) fail('data', where, `expected a product within 16 bits, got ${product}.`);
  return toCode(shiftRightRounding(product, post), bw);
}

/**
 * From accumulator and bias to code on overlay v3, lo = -2^(bw-1), hi = 2^(bw-1) - 1.
 *
 * 8 bits: `clamp(rsh((acc + bias) * scale, post), lo, hi)`; `pre` is **ignored**, as the vendor does.
 * 16 bits: `clamp(rsh(clamp(rsh(acc + bias * 65536, pre), -8388608, 8388607) * scale, post), lo, hi)`.
 * The shifts round halves up (towards +infinity), the clamps saturate; a shift of 0 or less is none.
 * @param pre `prescale_shift` of the channel, bits
 * @param scale the channel's `scale`, 0 to 65535
 * @param post `postscale_shift` of the channel, bits
 * @param bw bit width, 8 or 16: picks the form and the width of the code
 * @param acc the accumulator, an exact sum in units of input step times weight step; whole, below 2^53
 * @param bias the channel's code of {@link quantizeBiasV3}; at 8 bits within 24 signed bits
 * @returns a whole number from lo to hi, in units of the output's step
 * @throws XfdnnError `usage` for another width; `data` for a number that is not whole, a scale or bias out of range, or
 * a sum or product from 2^53 on
 * Source: `docs/spec/overlay.md`, `interLayerV3`.
 */
export function interLayerV3(pre: number, scale: number, post: number, bw: number, acc: number, bias: number): number {
  const where = 'interLayerV3';
  checkWidth(where, bw);
  checkTriple(where, pre, scale, post);
  if (!(scale >= 0 && scale <= 65535)) fail('data', where, `expected a scale of 0 to 65535, got ${scale}.`);
  checkWhole(where, 'the accumulator', acc);
  checkWhole(where, 'the bias', bias);
  if (bw === 8 && !(bias >= INT24.smallest && bias <= INT24.largest))
    fail('data', where, `expected a bias within 24 bits, got ${bias}.`);
  const sum = checkWhole(where, 'accumulator and bias', acc + (bw === 8 ? bias : bias * 65536));
  const shifted = bw === 8 ? sum : clamp(shiftRightRounding(sum, pre), INT24.smallest, INT24.largest);
  return toCode(shiftRightRounding(checkWhole(where, 'the product', shifted * scale), post), bw);
}

function checkTriple(where: string, pre: number, scale: number, post: number): void {
  checkWhole(where, 'prescale_shift', pre);
  checkWhole(where, 'scale', scale);
  checkWhole(where, 'postscale_shift', post);
}

/**
 * Average pooling from the sum of a window's codes to the code of its mean:
 * `clamp(rsh(trunc(sum * factor), shift), lo, hi)`, lo = -2^(bw-1), hi = 2^(bw-1) - 1.
 *
 * The product is float32 of two float32 and rounds **towards zero** to a whole number; the shift rounds halves up.
 * @param sum of the codes of the window; whole, |sum| < 2^47. Beyond 2^24 it is rounded to float32, as the vendor does
 * @param factor the entry's `scale`, or a fraction such as 1 / area; taken as float32
 * @param shift the entry's `postscale_shift`, bits; 0 or less is none
 * @param bw bit width of the code: 8 or 16
 * @returns a whole number from lo to hi
 * @throws XfdnnError `usage` for another width; `data` for a sum out of range, a NaN or infinite factor, or a product
 * from 2^53 on
 * Source: `docs/spec/overlay.md`, `avgPool`.
 */
export function avgPool(sum: number, factor: number, shift: number, bw: number): number {
  const where = 'avgPool';
  checkWidth(where, bw);
  checkWhole(where, 'the sum', sum);
  checkWhole(where, 'the shift', shift);
  if (!(Math.abs(sum) < 2 ** 47)) fail('data', where, `expected a sum within 47 bits, got ${sum}.`);
  const product = checkWhole(where, 'the product', truncate(f32(f32(sum) * f32(factor))));
  return toCode(shiftRightRounding(product, shift), bw);
}
