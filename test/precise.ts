/**
 * Elementary functions on BigInt, with 256 bits after the point: an oracle that shares nothing with `src/math.ts`
 * but the definition of a double.
 */
const POINT = 256n;
const ONE = 1n << POINT;

/** A value `digits * 2 ** (exponent - 256)`. */
export interface Precise {
  readonly digits: bigint;
  readonly exponent: number;
}

/** A finite double as `digits * 2 ** exponent`, exactly. */
function take(x: number): { digits: bigint; exponent: number } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Math.abs(x));
  const raw = view.getBigUint64(0);
  const field = Number(raw >> 52n);
  const fraction = raw & ((1n << 52n) - 1n);
  const digits = field === 0 ? fraction : fraction | (1n << 52n);
  return { digits: x < 0 ? -digits : digits, exponent: Math.max(field, 1) - 1075 };
}

const shift = (digits: bigint, by: bigint): bigint => (by >= 0n ? digits << by : digits >> -by);
const fixed = (x: number): bigint => shift(take(x).digits, BigInt(take(x).exponent) + POINT);

/** 2 atanh(p / q) for 0 <= |p / q| < 1. */
function twoAtanh(p: bigint, q: bigint): bigint {
  const s = (p * ONE) / q;
  const square = (s * s) >> POINT;
  let total = 0n;
  let power = s;
  for (let n = 1n; power !== 0n && power !== -1n; n += 2n) {
    total += power / n;
    power = (power * square) >> POINT;
  }
  return 2n * total;
}

const LN2 = twoAtanh(1n, 3n);

const logFixed = (x: number): bigint => logOf(take(x).digits, take(x).exponent);

/** The logarithm of digits * 2 ** exponent. */
function logOf(digits: bigint, exponent: number): bigint {
  const size = BigInt(digits.toString(2).length);
  const unit = 1n << size;
  return twoAtanh(digits - unit, digits + unit) + LN2 * (BigInt(exponent) + size);
}

function expFixed(x: bigint): Precise {
  const k = (x + LN2 / 2n) / LN2 - (x + LN2 / 2n < 0n ? 1n : 0n);
  const r = x - k * LN2;
  let term = ONE;
  let total = 0n;
  for (let n = 1n; term !== 0n && term !== -1n; n++) {
    total += term;
    term = (term * r) / (n * ONE);
  }
  return { digits: total, exponent: Number(k) };
}

export const preciseLog = (x: number): Precise => ({ digits: logFixed(x), exponent: 0 });
/** log(1 + x) for |x| above 2^-200: 1 + x is exact. */
export const preciseLog1p = (x: number): Precise => ({ digits: logOf(ONE + fixed(x), -Number(POINT)), exponent: 0 });
export const preciseLog2 = (x: number): Precise => ({ digits: (logFixed(x) * ONE) / LN2, exponent: 0 });
export const preciseExp = (x: number): Precise => expFixed(fixed(x));

export function precisePow(x: number, y: number): Precise {
  const { digits, exponent } = take(y);
  return expFixed(shift(logFixed(x) * digits, BigInt(exponent)));
}

export function preciseTanh(x: number): Precise {
  const { digits, exponent } = expFixed(2n * fixed(x));
  const e = shift(digits, BigInt(exponent));
  return { digits: ((e - ONE) * ONE) / (e + ONE), exponent: 0 };
}

/** How far a double is from a precise value, in units of the last place of that value as a double. */
export function unitsApart(actual: number, expected: Precise): number {
  const magnitude = expected.digits < 0n ? -expected.digits : expected.digits;
  const top = magnitude.toString(2).length - 1 + expected.exponent - 256;
  const unit = Math.max(top - 52, -1074);
  const scale = BigInt(64 - unit);
  const a = shift(take(actual).digits, BigInt(take(actual).exponent) + scale);
  const b = shift(expected.digits, BigInt(expected.exponent) - POINT + scale);
  return Number(a > b ? a - b : b - a) / 2 ** 64;
}
