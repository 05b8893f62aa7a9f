import { fail } from '../error.js';
import { type BitWidth, isBitWidth } from './grid.js';

/** Smallest normal float32. The vendor refuses a threshold below it; here it counts as zero, a dead channel. */
const SMALLEST_NORMAL = 2 ** -126;

/** Throws `usage` for a bit width the overlay does not have. */
export function checkWidth(where: string, bw: number): asserts bw is BitWidth {
  if (!isBitWidth(bw)) fail('usage', where, `expected a bit width of 8 or 16, got ${bw}.`);
}

/** A threshold as float32, 0 where it is zero or denormal. Throws `data` where it is negative, infinite or NaN. */
export function checkThreshold(where: string, th: number): number {
  const limit = Math.fround(th);
  if (!(limit >= 0 && limit < Infinity)) fail('data', where, `expected a finite threshold of at least 0, got ${th}.`);
  return limit < SMALLEST_NORMAL ? 0 : limit;
}

/** A value as float32. Throws `data` for NaN; infinities may stand, they are clipped. */
export function checkValue(where: string, x: number): number {
  if (Number.isNaN(x)) fail('data', where, 'expected a number, got NaN.');
  return Math.fround(x);
}

/** A number that must be whole and that a double holds exactly. Throws `data`: a wrong digit must never come out. */
export function checkWhole(where: string, what: string, value: number): number {
  if (!Number.isSafeInteger(value))
    fail('data', where, `expected ${what} to be a whole number below 2^53, got ${value}.`);
  return value;
}
