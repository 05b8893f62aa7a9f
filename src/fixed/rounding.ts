/**
 * Every rounding of the package, by its name. All take and give plain numbers, are exact for |x| < 2^53, and give
 * +0, never -0. NaN stays NaN, infinities stay themselves.
 */

/** Nearest whole number, ties to the even one: 0.5 -> 0, 1.5 -> 2, -2.5 -> -2. IEEE 754's own rounding, the walk's. */
export function roundHalfEven(x: number): number {
  const rounded = Math.round(x);
  return (rounded - x === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded) + 0;
}

/** Nearest whole number, ties away from zero: 0.5 -> 1, -0.5 -> -1, 2.5 -> 3. The overlay's for weights and biases. */
export function roundHalfAway(x: number): number {
  const size = Math.abs(x);
  const below = Math.floor(size);
  const rounded = size - below >= 0.5 ? below + 1 : below;
  return (x < 0 ? -rounded : rounded) + 0;
}

/** The whole number next to `x` towards zero: 1.9 -> 1, -1.9 -> -1. The overlay's for network inputs and average pooling. */
export function truncate(x: number): number {
  return Math.trunc(x) + 0;
}

/**
 * Right shift of a whole number by `shift` bits, halves rounded up (towards +infinity): 3 >> 1 -> 2, -3 >> 1 -> -1.
 * `((value >> (shift - 1)) + 1) >> 1` with arithmetic shifts, by division, since `>>` of ECMAScript cuts to 32 bits.
 * A shift of 0 or less leaves the value as it is. Exact for |value| < 2^53. `docs/spec/overlay.md`, `rsh`.
 */
export function shiftRightRounding(value: number, shift: number): number {
  if (shift <= 0) return value + 0;
  return Math.floor((Math.floor(value / 2 ** (shift - 1)) + 1) / 2);
}

/** `x` limited to [lo, hi]; NaN stays NaN. */
export function clamp(x: number, lo: number, hi: number): number {
  return x < lo ? lo : x > hi ? hi : x;
}

/** Largest code of a bit width, `m`: `2^(bw-1) - 1`, 127 at 8 bits, 32767 at 16. */
export function largestCode(bw: number): number {
  return (1 << (bw - 1)) - 1;
}

/** Smallest code of a bit width, `lo`: `-2^(bw-1)`. */
export function smallestCode(bw: number): number {
  return -(1 << (bw - 1));
}
