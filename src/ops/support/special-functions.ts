import { exp, log } from '../../math.js';

/**
 * Functions that the same bits on every engine need beside `math.ts`: only + - * /, square roots and comparisons. Their
 * relative error is below 1e-14 (absolute for sin, cos and tan), far below a rounding to float32.
 */

/** `exp(x) - 1`, also for small x. */
export function expm1(x: number): number {
  if (Math.abs(x) > 0.5) return exp(x) - 1;
  let sum = 0;
  for (let n = 18; n >= 2; n--) sum = (sum + 1) * (x / n);
  return x * (1 + sum);
}

/** `log(1 + x)`, also for small x: the rounding error of 1 + x cancels in the quotient. */
export function log1p(x: number): number {
  const sum = 1 + x;
  if (sum === 1) return x;
  return sum === Infinity ? Infinity : (log(sum) * x) / (sum - 1);
}

/** `log(1 + exp(x))`, without overflow for large x. */
export function softplus(x: number): number {
  return Math.max(x, 0) + log1p(exp(-Math.abs(x)));
}

/**
 * Chebyshev coefficients of `(1 + x) * exp(x^2) * erfc(x)` in `t = (x - 3) / (x + 3)`, computed in 50 digits. The next
 * one is below 1e-18.
 */
const erfcSeries: readonly number[] = [
  1.5074253489495968, -0.2241538079990932, 0.03331141869936043, 0.004729202203160197, -0.004667584028574755,
  0.001505458991859158, -0.00026627940185075776, 1.4873372028813446e-5, 4.608056130651457e-6, -9.676802292406137e-7,
  -4.580496022125077e-8, 3.403835840664566e-8, -2.5183402321363754e-10, -1.1966477481246857e-9, 3.164433134105992e-11,
  4.632116431522466e-11, -8.079023772841502e-13, -1.962398338112284e-12, -3.400898553104142e-14, 8.654949127746541e-14,
  6.547147159229033e-15, -3.6838636129200996e-15, -6.061318726312009e-16, 1.3273121984901985e-16,
  4.3939552352609764e-17, -2.4306314588364326e-18, -2.6443852952525207e-18,
];

/** `erfc(x)` for x of at least 0. */
function erfcOfPositive(x: number): number {
  if (x > 30) return 0;
  const t = (2 * (x - 3)) / (x + 3);
  let [next, afterNext] = [0, 0];
  for (let index = erfcSeries.length - 1; index > 0; index--)
    [next, afterNext] = [erfcSeries[index]! + t * next - afterNext, next];
  const sum = (erfcSeries[0]! + t * next) / 2 - afterNext;
  return (exp(-x * x) * sum) / (1 + x);
}

/** The error function `2 / sqrt(pi) * integral of exp(-t^2) from 0 to x`. */
export function erf(x: number): number {
  if (Math.abs(x) >= 1) return x > 0 ? 1 - erfcOfPositive(x) : erfcOfPositive(-x) - 1;
  const square = x * x;
  let sum = 0;
  for (let n = 20; n >= 1; n--) sum = (-square / n) * (1 / (2 * n + 1) + sum);
  return 1.1283791670955126 * x * (1 + sum);
}

/** `1 - erf(x)`, also where erf is near 1. */
export function erfc(x: number): number {
  return x >= 0.5 ? erfcOfPositive(x) : 1 - erf(x);
}

// Pi / 2 in three parts: products of the first two, 30 bits long, with integers below 2^22 are exact.
const HALF_PI_HIGH = 1.570796325802803;
const HALF_PI_MIDDLE = 9.920935791635221e-10;
const HALF_PI_LOW = 5.170182981794105e-19;

/** Bits of pi that {@link quadrant} computes with for large arguments; the largest float32 is below 2^128. */
const PI_BITS = 256n;

/** Pi times 2^PI_BITS by Machin's formula, `16 atan(1 / 5) - 4 atan(1 / 239)`. */
function scaledPi(): bigint {
  const inverseTangent = (inverse: bigint): bigint => {
    let power = (1n << PI_BITS) / inverse;
    let sum = power;
    for (let n = 3n; power !== 0n; n += 2n) {
      power /= -inverse * inverse;
      sum += power / n;
    }
    return sum;
  };
  return 16n * inverseTangent(5n) - 4n * inverseTangent(239n);
}

let pi: bigint | undefined;

/** The multiple of pi / 2 nearest to x, modulo 4, and the rest of x. */
function quadrant(x: number): { count: number; rest: number } {
  const count = Math.round(x / (Math.PI / 2));
  if (Math.abs(count) < 2 ** 22)
    return { count: count & 3, rest: x - count * HALF_PI_HIGH - count * HALF_PI_MIDDLE - count * HALF_PI_LOW };
  pi ??= scaledPi();
  const exact = BigInt(Math.trunc(x)) << (PI_BITS + 1n);
  const whole = exact / pi;
  const rest = Number((exact - whole * pi) >> (PI_BITS - 60n)) / 2 ** 61 + (x - Math.trunc(x));
  return { count: Number(BigInt.asUintN(2, whole)), rest };
}

/** Sine of x in [-pi / 2, pi / 2] or little more: its Taylor series. */
function sineSeries(x: number): number {
  let sum = 0;
  for (let n = 26; n >= 2; n -= 2) sum = (1 + sum) * (-(x * x) / (n * (n + 1)));
  return x + x * sum;
}

function cosineSeries(x: number): number {
  let sum = 0;
  for (let n = 25; n >= 1; n -= 2) sum = (1 + sum) * (-(x * x) / (n * (n + 1)));
  return 1 + sum;
}

/** Sine. NaN for infinities. */
export function sin(x: number): number {
  if (!Number.isFinite(x)) return NaN;
  const { count, rest } = quadrant(x);
  const value = count % 2 === 0 ? sineSeries(rest) : cosineSeries(rest);
  return count < 2 ? value : -value;
}

/** Cosine. NaN for infinities. */
export function cos(x: number): number {
  if (!Number.isFinite(x)) return NaN;
  const { count, rest } = quadrant(x);
  const value = count % 2 === 0 ? cosineSeries(rest) : sineSeries(rest);
  return count === 0 || count === 3 ? value : -value;
}

/** Arc tangent: its argument is halved until its Taylor series converges, `atan(x) = 2 atan(x / (1 + sqrt(1 + x^2)))`. */
export function atan(x: number): number {
  if (Math.abs(x) > 1) return (x > 0 ? Math.PI / 2 : -Math.PI / 2) - atan(1 / x);
  let [argument, factor] = [x, 1];
  for (; Math.abs(argument) > 0.2; factor *= 2) argument /= 1 + Math.sqrt(1 + argument * argument);
  let sum = 0;
  for (let n = 23; n >= 3; n -= 2) sum = (1 / n - sum) * argument * argument;
  return factor * (argument - argument * sum);
}

/** The angle of the point (x, y), from -pi to pi. */
export function atan2(y: number, x: number): number {
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN;
  const isLeft = x < 0 || Object.is(x, -0);
  const isBelow = y < 0 || Object.is(y, -0);
  const [width, height] = [Math.abs(x), Math.abs(y)];
  const isDiagonal = width === height && width === Infinity;
  const acute = isDiagonal ? Math.PI / 4 : height === 0 ? 0 : width === 0 ? Math.PI / 2 : atan(height / width);
  const angle = isLeft ? Math.PI - acute : acute;
  return isBelow ? -angle : angle;
}

/** Arc sine. NaN outside [-1, 1]. */
export function asin(x: number): number {
  return 2 * atan(x / (1 + Math.sqrt((1 - x) * (1 + x))));
}

/** Arc cosine. NaN outside [-1, 1]. */
export function acos(x: number): number {
  return 2 * atan(Math.sqrt((1 - x) / (1 + x)));
}

/** Hyperbolic sine. */
export function sinh(x: number): number {
  const power = expm1(Math.abs(x));
  const value = power === Infinity ? Infinity : (power + power / (power + 1)) / 2;
  return x < 0 ? -value : value;
}

/** Hyperbolic cosine. */
export function cosh(x: number): number {
  return (exp(x) + exp(-x)) / 2;
}

/** Inverse hyperbolic sine. */
export function asinh(x: number): number {
  if (Math.abs(x) === Infinity) return x;
  const size = Math.abs(x);
  const value = log1p(size + (size * size) / (1 + Math.sqrt(size * size + 1)));
  return x < 0 ? -value : value;
}

/** Inverse hyperbolic cosine. NaN below 1. */
export function acosh(x: number): number {
  return log1p(x - 1 + Math.sqrt((x - 1) * (x + 1)));
}

/** Inverse hyperbolic tangent. NaN outside [-1, 1]. */
export function atanh(x: number): number {
  return log1p((2 * x) / (1 - x)) / 2;
}
