import { checkThreshold, checkValue, checkWhole, checkWidth } from './checks.js';
import { INT24 } from './grid.js';
import { clamp, largestCode, roundHalfAway, truncate } from './rounding.js';

const f32 = Math.fround;
/** Largest magnitude of a v3 bias before it is divided by its unit: 24 signed bits at 8 bits, 2^47 at 16. */
const BIAS_LIMIT_8 = INT24.largest;
const BIAS_LIMIT_16 = 2 ** 47;

/**
 * What {@link quantizeTensor} and {@link quantizeWeights} multiply a clipped value with: `m / th`, float32. 0 for a
 * threshold that gives codes of 0 only: zero, denormal, or so small that the factor is beyond float32.
 * @throws XfdnnError `usage` for a width other than 8 or 16, `data` for a negative, infinite or NaN threshold
 */
export function codeFactor(where: string, th: number, bw: number): number {
  checkWidth(where, bw);
  const factor = f32(largestCode(bw) / checkThreshold(where, th));
  return factor === Infinity ? 0 : factor;
}

/** `clip(x, -th, th) * (m / th)` in float32, each operation rounded. */
function scaled(where: string, th: number, bw: number, x: number): number {
  const factor = codeFactor(where, th, bw);
  const limit = f32(th);
  return f32(clamp(checkValue(where, x), -limit, limit) * factor);
}

/**
 * The code of one value of the network's input: `trunc(clip(x, -th, th) * (m / th))`, m = 2^(bw-1) - 1.
 *
 * Rounds **towards zero**, in float32 arithmetic, each operation rounded: th itself may become m - 1, and values
 * nearer to 0 than `th / m` become 0.
 * @param th threshold, in the unit of `x`; finite, at least 0. Zero and denormal ones (a dead channel) give code 0
 * @param bw bit width of the code: 8 or 16
 * @param x the value, taken as float32; infinities are clipped to th
 * @returns a whole number from -m to m
 * @throws XfdnnError `usage` for another width, `data` for NaN, a negative or an infinite threshold
 * Source: `docs/spec/overlay.md`, `quantizeTensor`.
 */
export function quantizeTensor(th: number, bw: number, x: number): number {
  return truncate(scaled('quantizeTensor', th, bw, x));
}

/**
 * The code of one weight: `round_half_away(clip(x, -th, th) * (m / th))`, m = 2^(bw-1) - 1.
 *
 * Rounds to the nearest code, halves **away from zero**, in float32 arithmetic, each operation rounded.
 * @param th threshold of the weight's output channel (`th_params`); finite, at least 0. Zero and denormal ones (a dead
 * channel) give code 0
 * @param bw bit width of the parameters (`bw_params`): 8 or 16
 * @param x the weight, taken as float32; beyond th it is clipped
 * @returns a whole number from -m to m
 * @throws XfdnnError `usage` for another width, `data` for NaN, a negative or an infinite threshold
 * Source: `docs/spec/overlay.md`, `quantizeWeights`.
 */
export function quantizeWeights(th: number, bw: number, x: number): number {
  return roundHalfAway(scaled('quantizeWeights', th, bw, x));
}

/**
 * The code of one channel's bias on overlay v2, in units of the layer's output, added after {@link interLayerV2}.
 * The same arithmetic and rounding as {@link quantizeWeights}.
 * @param th `th_layer_out`; finite, at least 0. Zero and denormal ones give code 0
 * @param bw `bw_layer_out`: 8 or 16
 * @param x the bias, taken as float32; beyond th it is clipped
 * @returns a whole number from -m to m
 * @throws XfdnnError `usage` for another width, `data` for NaN, a negative or an infinite threshold
 * Source: `docs/spec/overlay.md`, `quantizeBias`.
 */
export function quantizeBias(th: number, bw: number, x: number): number {
  return roundHalfAway(scaled('quantizeBias', th, bw, x));
}

/**
 * The code of one channel's bias on overlay v3, in units of the accumulator, added before the multiplication of
 * {@link interLayerV3}. The unit is `s = (thParam / m) * (thIn / m)`, float32, each operation rounded.
 *
 * 8 bits: `round_half_away(clip(x, -8388607 s, 8388607 s) / s)`. The clip's rounding lets 8388608 come out, which
 * `interLayerV3` refuses: clip it to 8388607 when a layer is run.
 * 16 bits: `v = round_half_away(clip(x, -2^47 s, 2^47 s) / s)`, then `round_half_away(v / 65536)`; within 2^31.
 * @param thIn `th_layer_in`; finite, at least 0
 * @param thParam the channel's `th_params`; finite, at least 0
 * @param bw `bw_layer_in`, 8 or 16: picks the form and the m of `thIn`
 * @param x the bias, taken as float32
 * @param bwParams `bw_params`, the m of `thParam`, where it differs from `bw`
 * @returns a whole number; 0 where the unit is 0 (a dead channel loses its bias)
 * @throws XfdnnError `usage` for another width, `data` for NaN, a negative or an infinite threshold
 * Source: `docs/spec/overlay.md`, `quantizeBiasV3`.
 */
export function quantizeBiasV3(thIn: number, thParam: number, bw: number, x: number, bwParams: number = bw): number {
  checkWidth('quantizeBiasV3', bw);
  checkWidth('quantizeBiasV3', bwParams);
  const param = f32(checkThreshold('quantizeBiasV3', thParam) / largestCode(bwParams));
  const unit = f32(param * f32(checkThreshold('quantizeBiasV3', thIn) / largestCode(bw)));
  const value = checkValue('quantizeBiasV3', x);
  if (unit === 0) return 0;
  const limit = f32((bw === 8 ? BIAS_LIMIT_8 : BIAS_LIMIT_16) * unit);
  const code = roundHalfAway(f32(clamp(value, -limit, limit) / unit));
  return bw === 8 ? code : roundHalfAway(f32(code / 65536));
}

/**
 * The float32 value of a code: `(q / m) * th`, m = 2^(bw-1) - 1, both operations rounded to float32.
 * @param th threshold of the codes; finite, at least 0. Zero and denormal ones give 0
 * @param bw bit width of the codes: 8 or 16
 * @param q the code, a whole number; the lowest one, -m - 1, gives a little more than -th
 * @returns a float32, in the unit of `th`
 * @throws XfdnnError `usage` for another width, `data` for a fractional code, a negative or an infinite threshold
 * Source: `docs/spec/overlay.md`, `unquantizeTensor`.
 */
export function unquantizeTensor(th: number, bw: number, q: number): number {
  checkWidth('unquantizeTensor', bw);
  const code = checkWhole('unquantizeTensor', 'the code', q);
  return f32(f32(code / largestCode(bw)) * checkThreshold('unquantizeTensor', th)) + 0;
}
