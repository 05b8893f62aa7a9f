/**
 * Elementary functions that give the same bits on every engine: ECMAScript leaves the last bits of Math.log2,
 * Math.exp, Math.pow and Math.tanh open. Only + - * /, square root, comparisons and the bits of a double are used,
 * all of which IEEE 754 fixes.
 *
 * `log`, `log2` and `exp` follow Sun's fdlibm and FreeBSD's msun: reduction of the argument, then their published
 * minimax coefficients. `pow` and `tanh` carry about 20 bits more than a double in {@link Pair}s (Dekker, "A
 * floating-point technique for extending the available precision", 1971) and round once. Error of every function
 * below one unit in the last place (of `log1p` below two), of `pow` and `tanh` below 0.55 while the result is a normal number.
 */

const bits = new DataView(new ArrayBuffer(8));

/** Splits a positive normal or denormal number: `x = mantissa * 2 ** exponent`, mantissa in [sqrt(1/2), sqrt(2)). */
function split(x: number): { mantissa: number; exponent: number } {
  let exponent = 0;
  let value = x;
  if (value < 2 ** -1022) {
    value *= 2 ** 54;
    exponent = -54;
  }
  bits.setFloat64(0, value);
  const high = bits.getUint32(0);
  const raised = ((high & 0xfffff) + 0x95f64) & 0x100000;
  exponent += (high >> 20) - 1023 + (raised >> 20);
  bits.setUint32(0, (high & 0xfffff) | (raised ^ 0x3ff00000));
  return { mantissa: bits.getFloat64(0), exponent };
}

/** The number with the lower 32 bits of its significand cleared, so that products with short constants are exact. */
function withoutLowHalf(x: number): number {
  bits.setFloat64(0, x);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}

/** 2 ** k exactly, for k from -1022 to 1023. */
export function powerOfTwo(k: number): number {
  bits.setUint32(0, (k + 1023) << 20);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}

/** x * 2 ** k in at most one rounding, for k from -1076 to 1024 and x near 1. */
function scaleByPower(x: number, k: number): number {
  if (k > 1023) return x * 2 * powerOfTwo(k - 1);
  if (k < -1022) return x * powerOfTwo(k + 1000) * powerOfTwo(-1000);
  return x * powerOfTwo(k);
}

/** The parts of log(1 + f) for f in (-0.3, 0.42): `f - half + rest`, half = f * f / 2. */
function logParts(f: number): { half: number; rest: number } {
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (3.999999999940941908e-1 + w * (2.222219843214978396e-1 + w * 1.531383769920937332e-1));
  const odd =
    z *
    (6.66666666666673513e-1 +
      w * (2.857142874366239149e-1 + w * (1.818357216161805012e-1 + w * 1.479819860511658591e-1)));
  const half = 0.5 * f * f;
  return { half, rest: s * (half + even + odd) };
}

/** ln 2 in two parts: products of the first, 33 bits long, with exponents are exact. */
const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;
const INVERSE_LN2_HIGH = 1.44269504072144627571;
const INVERSE_LN2_LOW = 1.67517131648865118353e-10;
const INVERSE_LN2 = 1.4426950408889634;

/** The value where a logarithm is not a finite number, or undefined: NaN below 0, -Infinity at 0. */
function logSpecial(x: number): number | undefined {
  if (!(x >= 0)) return NaN;
  if (x === 0) return -Infinity;
  return x === Infinity ? Infinity : undefined;
}

/** Natural logarithm of a double. NaN below 0, -Infinity at 0. Error below 1 unit in the last place. */
export function log(x: number): number {
  const special = logSpecial(x);
  if (special !== undefined) return special;
  const { mantissa, exponent } = split(x);
  const f = mantissa - 1;
  const { half, rest } = logParts(f);
  return exponent * LN2_HIGH - (half - (rest + exponent * LN2_LOW) - f);
}

/**
 * log(1 + x), accurate where x is small and 1 + x loses its digits: the logarithm of the rounded sum, plus what the
 * rounding took from it. NaN below -1, -Infinity at -1. Error below 2 units in the last place.
 */
export function log1p(x: number): number {
  const sum = 1 + x;
  if (!(sum > 0) || sum === Infinity) return log(sum);
  return log(sum) + (x - (sum - 1)) / sum;
}

/** Logarithm to base 2 of a double; exact where x is a power of two. NaN below 0, -Infinity at 0. Error below 1 unit in the last place. */
export function log2(x: number): number {
  const special = logSpecial(x);
  if (special !== undefined) return special;
  const { mantissa, exponent } = split(x);
  const f = mantissa - 1;
  if (f === 0) return exponent;
  const { half, rest } = logParts(f);
  const high = withoutLowHalf(f - half);
  const low = f - high - half + rest;
  const product = high * INVERSE_LN2_HIGH;
  const sum = exponent + product;
  return exponent - sum + product + ((low + high) * INVERSE_LN2_LOW + low * INVERSE_LN2_HIGH) + sum;
}

/** Above the first, e ** x is beyond the largest double; below the second, nearer to 0 than to the smallest. */
const EXP_OVERFLOW = 709.782712893384;
const EXP_UNDERFLOW = -745.1332191019412;

/** e to the power x; Infinity above 709.78, 0 below -745.13. Error below 1 unit in the last place (denormal results too). */
export function exp(x: number): number {
  if (Number.isNaN(x)) return NaN;
  if (x > EXP_OVERFLOW) return Infinity;
  if (x < EXP_UNDERFLOW) return 0;
  const k = Math.floor(x * INVERSE_LN2 + 0.5);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const t = r * r;
  const c =
    r -
    t *
      (1.66666666666666019037e-1 +
        t *
          (-2.77777777770155933842e-3 +
            t * (6.61375632143793436117e-5 + t * (-1.6533902205465251539e-6 + t * 4.13813679705723846039e-8))));
  return scaleByPower(1 - (low - (r * c) / (2 - c) - high), k);
}

/** An unevaluated sum `high + low`, |low| at most half a unit in the last place of high. */
interface Pair {
  readonly high: number;
  readonly low: number;
}

/** a + b with its rounding error; exact where |a| >= |b| or a is 0. */
function join(a: number, b: number): Pair {
  const high = a + b;
  return { high, low: b - (high - a) };
}

/** a + b with its rounding error, in any order of size. Exact (Knuth). */
function sum(a: number, b: number): Pair {
  const high = a + b;
  const part = high - a;
  return { high, low: a - (high - part) + (b - part) };
}

/** What rounding a * b to `product` lost. Exact (Dekker) while no partial product overflows or underflows. */
function productError(a: number, b: number, product: number): number {
  const aWide = a * 134217729;
  const aHigh = aWide - (aWide - a);
  const aLow = a - aHigh;
  const bWide = b * 134217729;
  const bHigh = bWide - (bWide - b);
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

function multiply(a: Pair, b: Pair): Pair {
  const product = a.high * b.high;
  return join(product, productError(a.high, b.high, product) + (a.high * b.low + a.low * b.high));
}

function divide(a: Pair, b: Pair): Pair {
  const quotient = a.high / b.high;
  const product = quotient * b.high;
  const rest = a.high - product - productError(quotient, b.high, product);
  return join(quotient, (rest + a.low - quotient * b.low) / b.high);
}

function addTo(a: number, b: Pair): Pair {
  const total = sum(a, b.high);
  return join(total.high, total.low + b.low);
}

const whole = (high: number): Pair => ({ high, low: 0 });
const reciprocal = (n: number): Pair => divide(whole(1), whole(n));

/** Coefficients 1/33, 1/31 ... 1/11 of atanh(s) / s in s * s; what follows them is below 2^-85. */
const ATANH_TAIL = Array.from({ length: 12 }, (_, i) => 1 / (33 - 2 * i));
/** Coefficients 1/9 ... 1, which need more than a double. */
const ATANH_HEAD = [9, 7, 5, 3, 1].map(reciprocal);

/** log(x) for a positive finite x, to about 2^-68 of its size: 2 atanh((m - 1) / (m + 1)) + k ln 2. */
function logPair(x: number): Pair {
  const { mantissa, exponent } = split(x);
  const s = divide(whole(mantissa - 1), sum(mantissa, 1));
  const z = multiply(s, s);
  const tail = ATANH_TAIL.reduce((value, coefficient) => value * z.high + coefficient, 0);
  const series = ATANH_HEAD.reduce((value, coefficient) => {
    const raised = multiply(value, z);
    const { high, low } = addTo(coefficient.high, raised);
    return join(high, low + coefficient.low);
  }, whole(tail));
  const { high, low } = multiply({ high: 2 * s.high, low: 2 * s.low }, series);
  const total = addTo(exponent * LN2_HIGH, { high, low });
  return addTo(total.high, sum(total.low, exponent * LN2_LOW));
}

/** Coefficients 1/16! ... 1/3! of (e^r - 1 - r - r^2/2) / r^3. */
const EXP_TAIL = Array.from({ length: 14 }, (_, i) => 1 / factorial(16 - i));

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1);
}

/** e^x = 2^k (1 + rest), rest in [-0.3, 0.42] to about 2^-58 of its size, for |x| up to 750. */
function expPair(x: Pair): { k: number; rest: Pair } {
  const k = Math.floor(x.high * INVERSE_LN2 + 0.5);
  const r = sum(x.high - k * LN2_HIGH, x.low - k * LN2_LOW);
  const square = multiply(r, r);
  const tail = EXP_TAIL.reduce((value, coefficient) => value * r.high + coefficient, 0) * r.high * square.high;
  const half = addTo(0.5 * square.high, { high: tail, low: 0.5 * square.low });
  const total = sum(r.high, half.high);
  return { k, rest: join(total.high, total.low + (r.low + half.low)) };
}

/** Hyperbolic tangent: (e^2x - 1) / (e^2x + 1), the subtraction done before anything is rounded. -0 stays -0. */
export function tanh(x: number): number {
  const a = Math.abs(x);
  if (!(a > 2 ** -28)) return x;
  if (a > 22) return x < 0 ? -1 : 1;
  const { k, rest } = expPair(whole(2 * a));
  const scale = powerOfTwo(k);
  const power = addTo(scale, { high: scale * rest.high, low: scale * rest.low });
  const y = divide(addTo(-1, power), addTo(1, power)).high;
  return x < 0 ? -y : y;
}

/** What rounding the square root of x + low to `root` lost. */
function rootError(x: number, low: number, root: number): number {
  const square = root * root;
  return (x - square - productError(root, root, square) + low) / (2 * root);
}

/** x ** (3/4) or its reciprocal, for x from 1e-280 to 1e280: the exponent of local response normalisation, far faster than by logarithms. */
function threeQuarters(x: number, inverse: boolean): number {
  const half = Math.sqrt(x);
  const halfLow = rootError(x, 0, half);
  const quarter = Math.sqrt(half);
  const quarterLow = rootError(half, halfLow, quarter);
  const power = half * quarter;
  const low = productError(half, quarter, power) + (half * quarterLow + halfLow * quarter);
  if (!inverse) return power + low;
  const quotient = 1 / power;
  const product = quotient * power;
  return quotient + quotient * (1 - product - productError(quotient, power, product) - quotient * low);
}

const isOdd = (y: number): boolean => Number.isInteger(y) && Math.abs(y) % 2 === 1;

/** |x| ** y for x neither 0, 1 nor infinite and a finite y. */
function positivePower(a: number, y: number): number {
  if ((y === 0.75 || y === -0.75) && a > 1e-280 && a < 1e280) return threeQuarters(a, y < 0);
  const rough = y * log(a);
  if (rough > 710) return Infinity;
  if (rough < -746) return 0;
  if (Math.abs(rough) < 2 ** -60) return 1;
  const { k, rest } = expPair(multiply(whole(y), logPair(a)));
  return scaleByPower(addTo(1, rest).high, k);
}

/**
 * x to the power y, with Math.pow's special values: 1 for y = 0, NaN for a negative x and a fractional y, and for
 * |x| = 1 and an infinite y.
 */
export function pow(x: number, y: number): number {
  if (y === 0) return 1;
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN;
  if (y === 1) return x;
  if (y === 2) return x * x;
  const a = Math.abs(x);
  if (Math.abs(y) === Infinity) return a === 1 ? NaN : a > 1 === y > 0 ? Infinity : 0;
  const isNegative = x < 0 || Object.is(x, -0);
  const sign = isNegative && isOdd(y) ? -1 : 1;
  if (a === 0 || a === Infinity) return sign * ((a === 0) === y > 0 ? 0 : Infinity);
  if (isNegative && !Number.isInteger(y)) return NaN;
  return a === 1 ? sign : sign * positivePower(a, y);
}
