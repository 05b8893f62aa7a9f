/** Exact fractions on BigInt and their one rounding to float32: the definition the float arithmetic is held to. */
export interface Fraction {
  readonly top: bigint;
  readonly bottom: bigint;
}

const abs = (n: bigint): bigint => (n < 0n ? -n : n);

/** A finite double, exactly. */
export function fraction(x: number): Fraction {
  let bottom = 1n;
  let value = x;
  while (!Number.isInteger(value)) {
    value *= 2;
    bottom *= 2n;
  }
  return { top: BigInt(value), bottom };
}

export const times = (a: number, b: number): Fraction => ({
  top: fraction(a).top * fraction(b).top,
  bottom: fraction(a).bottom * fraction(b).bottom,
});

export function over(a: number, b: number): Fraction {
  const top = fraction(a).top * fraction(b).bottom;
  const bottom = fraction(a).bottom * fraction(b).top;
  return bottom < 0n ? { top: -top, bottom: -bottom } : { top, bottom };
}

/** The nearest whole number; `tie` settles halves. */
export function nearest({ top, bottom }: Fraction, tie: 'even' | 'away'): bigint {
  const size = abs(top);
  const below = size / bottom;
  const rest = 2n * (size - below * bottom);
  const up = rest > bottom || (rest === bottom && (tie === 'away' || below % 2n === 1n));
  const rounded = below + (up ? 1n : 0n);
  return top < 0n ? -rounded : rounded;
}

/** The nearest float32, ties to even; for results that are normal numbers. */
export function float32({ top, bottom }: Fraction): number {
  if (top === 0n) return 0;
  let exponent = abs(top).toString(2).length - bottom.toString(2).length - 24;
  const scaled = (): Fraction =>
    exponent >= 0 ? { top, bottom: bottom << BigInt(exponent) } : { top: top << BigInt(-exponent), bottom };
  while (abs(scaled().top) >= scaled().bottom << 24n) exponent++;
  while (abs(scaled().top) < scaled().bottom << 23n) exponent--;
  return Number(nearest(scaled(), 'even')) * 2 ** exponent;
}
