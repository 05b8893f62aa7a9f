/** Nearest whole number, ties to the even one. */
export function roundHalfEven(x: number): number {
  const rounded = Math.round(x);
  return rounded - x === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/** Nearest whole number, ties away from zero. */
export function roundHalfAway(x: number): number {
  const size = Math.abs(x);
  const below = Math.floor(size);
  const rounded = size - below >= 0.5 ? below + 1 : below;
  return x < 0 ? -rounded : rounded;
}

/** `x` limited to [lo, hi]. */
export function clamp(x: number, lo: number, hi: number): number {
  return x < lo ? lo : x > hi ? hi : x;
}

/**
 * Right shift of a whole number by `shift` bits, rounding halves up (towards +Infinity); `shift` of 0 or less
 * leaves it as it is. Exact for |value| < 2^53. OVERLAY.md, `rsh`.
 */
export function shiftRightRounding(value: number, shift: number): number {
  if (shift <= 0) return value;
  return Math.floor((Math.floor(value / 2 ** (shift - 1)) + 1) / 2);
}

/** Largest code of a bit width: `2^(bw-1) - 1`. */
export function largestCode(bw: number): number {
  return 2 ** (bw - 1) - 1;
}
