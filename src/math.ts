/**
 * Elementary functions that give the same bits on every engine: ECMAScript leaves the last bits of Math.log2,
 * Math.exp, Math.pow and Math.tanh open. Only + - * / and square root are used, which IEEE 754 fixes, and
 * comparisons. The methods (argument reduction, then a minimax polynomial; division-based series for tanh)
 * are the classical ones of Sun's fdlibm, whose published coefficients are used. Error below one unit in the
 * last place for exp, log and log2, a few for pow and tanh; each function says its special values.
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

/** The parts of log(1 + f) for f in (-0.3, 0.42): `f - half + rest`, half = f * f / 2. */
function logParts(f: number): { half: number; rest: number } {
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (3.999999999940941908e-1 + w * (2.222219843214978396e-1 + w * 1.531383769920937332e-1));
  const odd = z * (6.66666666666673513e-1 + w * (2.857142874366239149e-1 + w * (1.818357216161805012e-1 + w * 1.479819860511658591e-1)));
  const half = 0.5 * f * f;
  return { half, rest: s * (half + even + odd) };
}

const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;

/** The value where a logarithm is not a finite number, or undefined: NaN below 0, -Infinity at 0. */
function logSpecial(x: number): number | undefined {
  if (!(x >= 0)) return NaN;
  if (x === 0) return -Infinity;
  return x === Infinity ? Infinity : undefined;
}

/** Natural logarithm. */
export function log(x: number): number {
  const special = logSpecial(x);
  if (special !== undefined) return special;
  const { mantissa, exponent } = split(x);
  const f = mantissa - 1;
  const { half, rest } = logParts(f);
  return exponent * LN2_HIGH - (half - (rest + exponent * LN2_LOW) - f);
}

const INVERSE_LN2_HIGH = 1.44269504072144627571;
const INVERSE_LN2_LOW = 1.67517131648865118353e-10;

/** Logarithm to base 2; exact where x is a power of two. */
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

/** The number with the lower 32 bits of its significand cleared, so that products with short constants are exact. */
function withoutLowHalf(x: number): number {
  bits.setFloat64(0, x);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}

/** e to the power x; 0 far below, Infinity above 709.78. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return NaN;
  if (x > 709.782712893384) return Infinity;
  if (x < -745.1332191019412) return 0;
  const k = Math.floor(x * 1.4426950408889634 + 0.5);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const t = r * r;
  const c = r - t * (1.66666666666666019037e-1 + t * (-2.77777777770155933842e-3 + t * (6.61375632143793436117e-5 + t * (-1.6533902205465251539e-6 + t * 4.13813679705723846039e-8))));
  return scaleByPower(1 - (low - (r * c) / (2 - c) - high), k);
}

/** x * 2 ** k in at most one rounding, for k from -1076 to 1024. */
function scaleByPower(x: number, k: number): number {
  if (k > 1023) return x * 2 * powerOfTwo(k - 1);
  if (k < -1022) return x * powerOfTwo(k + 1000) * powerOfTwo(-1000);
  return x * powerOfTwo(k);
}

/** 2 ** k exactly, for k from -1022 to 1023. */
export function powerOfTwo(k: number): number {
  bits.setUint32(0, (k + 1023) << 20);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}

/** Hyperbolic tangent: Lambert's continued fraction near 0, else from exp. */
export function tanh(x: number): number {
  const a = Math.abs(x);
  if (a < 0.5) {
    const t = x * x;
    let denominator = 21;
    for (let odd = 19; odd >= 1; odd -= 2) denominator = odd + t / denominator;
    return x / denominator;
  }
  if (a > 22) return x < 0 ? -1 : 1;
  const e = exp(2 * a);
  const y = 1 - 2 / (e + 1);
  return x < 0 ? -y : y;
}

/**
 * x to the power y, with Math.pow's special values. Whole exponents up to 32 by repeated multiplication,
 * halves and quarters up to 4 through square roots, all else through exp and log.
 */
export function pow(x: number, y: number): number {
  if (y === 0) return 1;
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN;
  if (y < 0) return 1 / pow(x, -y);
  if (Number.isInteger(y) && y <= 32) return wholePower(x, y);
  if (x >= 0 && y <= 4 && Number.isInteger(y * 4)) {
    const root = Math.sqrt(x);
    const quarters = (y * 4) % 4;
    return wholePower(x, Math.floor(y)) * (quarters >= 2 ? root : 1) * (quarters % 2 === 1 ? Math.sqrt(root) : 1);
  }
  if (x < 0) return Number.isInteger(y) ? (y % 2 === 0 ? 1 : -1) * exp(y * log(-x)) : NaN;
  return exp(y * log(x));
}

function wholePower(x: number, n: number): number {
  let result = 1;
  let square = x;
  for (let rest = n; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}
