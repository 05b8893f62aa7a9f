import { fail } from '../error.js';
import { clamp, largestCode, roundHalfAway, shiftRightRounding } from './rounding.js';

const f32 = Math.fround;
/** Below this a float32 is denormal or zero; the vendor refuses such a threshold, ours gives codes of 0. */
const SMALLEST_NORMAL = 2 ** -126;
const BIAS_LIMIT_8 = 8388607;
const BIAS_LIMIT_16 = 2 ** 47;

/** Throws where a number is not a whole one that doubles hold exactly: a wrong digit must never come out. */
function exact(value: number, what: string): number {
  if (!Number.isSafeInteger(value)) fail('data', what, `expected a whole number below 2^53, got ${value}.`);
  return value === 0 ? 0 : value;
}

function checkWidth(bw: number): void {
  if (bw !== 8 && bw !== 16) fail('usage', 'bit width', `expected 8 or 16, got ${bw}.`);
}

/** `clip(x, -th, th) * (m / th)` in float32, each operation rounded; 0 for a threshold that is zero or denormal. */
function scaled(th: number, bw: number, x: number): number {
  checkWidth(bw);
  const limit = f32(th);
  if (!(limit >= SMALLEST_NORMAL)) return 0;
  return f32(clamp(f32(x), -limit, limit) * f32(largestCode(bw) / limit));
}

/**
 * Code of one value of the network input.
 * @param th threshold, in the unit of `x`; zero or denormal gives 0
 * @param bw bit width, 8 or 16
 * @param x float32 value
 * @returns `trunc(clip(x, -th, th) * (m / th))`, m = 2^(bw-1) - 1, float32 arithmetic: rounds **towards zero**, so
 * that th itself may become m - 1. OVERLAY.md, `quantizeTensor`.
 */
export function quantizeTensor(th: number, bw: number, x: number): number {
  return Math.trunc(scaled(th, bw, x)) + 0;
}

/**
 * Code of one weight. As {@link quantizeTensor}, but rounds to nearest, halves **away from zero**.
 * `th` is the threshold of the weight's output channel. OVERLAY.md, `quantizeWeights`.
 */
export function quantizeWeights(th: number, bw: number, x: number): number {
  return roundHalfAway(scaled(th, bw, x)) + 0;
}

/** Code of a bias on overlay v2, added after scaling: `th` is `th_layer_out`, `bw` is `bw_layer_out`. As {@link quantizeWeights}. */
export function quantizeBias(th: number, bw: number, x: number): number {
  return quantizeWeights(th, bw, x);
}

/**
 * Code of a bias on overlay v3, in units of the accumulator, `s = (th_param / m_param) * (th_in / m_in)` in float32.
 * 8 bits: nearest, halves away from zero, of `clip(x, -8388607 s, 8388607 s) / s`; 8388608 can come out.
 * 16 bits: the same within 2^47, then divided by 65536 and rounded again. A unit of 0 gives 0.
 * @param thIn `th_layer_in`; @param thParam the channel's `th_params`; @param bw bit width, picks the form
 * @param x bias, float32; @param bwParams width of the parameters, `bw` unless they differ. OVERLAY.md, `quantizeBiasV3`.
 */
export function quantizeBiasV3(thIn: number, thParam: number, bw: number, x: number, bwParams: number = bw): number {
  checkWidth(bw);
  const s = f32(f32(f32(thParam) / largestCode(bwParams)) * f32(f32(thIn) / largestCode(bw)));
  if (s === 0) return 0;
  const limit = f32(f32(bw === 8 ? BIAS_LIMIT_8 : BIAS_LIMIT_16) * s);
  const v = roundHalfAway(f32(clamp(f32(x), -limit, limit) / s));
  return (bw === 8 ? v : roundHalfAway(f32(v / 65536))) + 0;
}

/** The float32 value of a code: `(q / m) * th`, each operation rounded. OVERLAY.md, `unquantizeTensor`. */
export function unquantizeTensor(th: number, bw: number, q: number): number {
  checkWidth(bw);
  return f32(f32(q / largestCode(bw)) * f32(th));
}

/**
 * From accumulator to code on overlay v2: shift, clamp, multiply, shift, clamp; both shifts round halves up.
 * @param pre, scale, post the channel's triple; @param bw width of the codes, 8 or 16: both clamps
 * @param acc exact sum, |acc| < 2^53
 * Throws where at 8 bits `scale` exceeds 256 (the product would leave 16 bits), or a product 2^53. OVERLAY.md, `interLayerV2`.
 */
export function interLayerV2(pre: number, scale: number, post: number, bw: number, acc: number): number {
  checkWidth(bw);
  if (bw === 8 && scale > 256) fail('data', 'interLayerV2', `expected a scale of at most 256 at 8 bits, got ${scale}.`);
  const [lo, hi] = [-largestCode(bw) - 1, largestCode(bw)];
  const shifted = clamp(shiftRightRounding(exact(acc, 'interLayerV2: accumulator'), pre), lo, hi);
  return clamp(shiftRightRounding(exact(shifted * scale, 'interLayerV2: product'), post), lo, hi) + 0;
}

/**
 * From accumulator to code on overlay v3. 8 bits: `(acc + bias) * scale`, shifted by `post`; `pre` is ignored.
 * 16 bits: `acc + bias * 65536` shifted by `pre`, clamped to 24 bits, times `scale`, shifted by `post`.
 * @param bias code of {@link quantizeBiasV3}; at 8 bits it must lie within 24 signed bits
 * Throws where `scale` is not within 0 ... 65535, the bias leaves 24 bits, or a sum or product reaches 2^53. OVERLAY.md, `interLayerV3`.
 */
export function interLayerV3(pre: number, scale: number, post: number, bw: number, acc: number, bias: number): number {
  checkWidth(bw);
  if (!(scale >= 0 && scale <= 65535)) fail('data', 'interLayerV3', `expected a scale of 0 to 65535, got ${scale}.`);
  const [lo, hi] = [-largestCode(bw) - 1, largestCode(bw)];
  exact(acc, 'interLayerV3: accumulator');
  if (bw === 8) {
    if (bias < -8388608 || bias > 8388607) fail('data', 'interLayerV3', `expected a bias within 24 bits, got ${bias}.`);
    return clamp(shiftRightRounding(exact((acc + bias) * scale, 'interLayerV3: product'), post), lo, hi) + 0;
  }
  const sum = exact(acc + bias * 65536, 'interLayerV3: sum');
  const shifted = clamp(shiftRightRounding(sum, pre), -8388608, 8388607);
  return clamp(shiftRightRounding(exact(shifted * scale, 'interLayerV3: product'), post), lo, hi) + 0;
}

/**
 * Average pooling from a window's sum: `trunc(sum * factor)` in float32, shifted right rounding halves up, clamped.
 * @param sum of codes, |sum| < 2^47 or it is an error; @param factor, shift the entry's `scale` and `postscale_shift`
 * @param bw width of the result. OVERLAY.md, `avgPool`.
 */
export function avgPool(sum: number, factor: number, shift: number, bw: number): number {
  checkWidth(bw);
  if (!(Math.abs(sum) < 2 ** 47)) fail('data', 'avgPool', `expected a sum within 47 bits, got ${sum}.`);
  const product = exact(Math.trunc(f32(f32(sum) * f32(factor))), 'avgPool: product');
  return clamp(shiftRightRounding(product, shift), -largestCode(bw) - 1, largestCode(bw)) + 0;
}
