import { CODES, type Grid, stepOf, ZERO } from '../fixed/grid.js';
import { log2, powerOfTwo } from '../math.js';
import type { LayerCalibration } from './entry.js';
import { gridsOf } from './grids.js';
import { multipliersOf } from './multipliers.js';

/** The least share of a channel's largest weight that a threshold of its weights is lowered to. */
export const LEAST_SHARE = 0.75;

const f32 = Math.fround;

/**
 * A weighted layer's `th_params`, raised to less than twice themselves so that each channel's multiplier is the next power of
 * two, `2^ceil(log2 M)`. Overlay v2 clips a sum before it multiplies it with `scale / 128`: a channel whose multiplier is
 * `f * 2^k` saturates at f times the output's threshold. With a power of two, f is 1.
 *
 * The float32 product and quotient that make the multiplier cannot give every number. Where no float32 step of the weights
 * gives the power of two itself, the multiplier is the largest below that one can give, at least `1 - 2^-22` of it: it has
 * the same triple. A channel that counts as dead, or whose multiplier is 0, keeps its threshold.
 * Source: `docs/spec/quantizer.md`, section 6.
 */
export function exactParams(layer: LayerCalibration): number[] {
  const { input, params, output } = gridsOf(layer);
  const multipliers = multipliersOf(layer);
  return params.map((grid, channel) => {
    const multiplier = multipliers[channel] ?? 0;
    if (grid.threshold <= ZERO || !(multiplier > 0 && multiplier < Infinity)) return grid.threshold;
    const target = powerOfTwo(Math.ceil(f32(log2(multiplier))));
    return thresholdOf(largestStep(stepOf(input), stepOf(output), target), grid);
  });
}

/** The largest float32 step of weights whose multiplier, `stepIn * step / stepOut` in float32, is at most `target`. */
function largestStep(stepIn: number, stepOut: number, target: number): number {
  let step = f32(((target * stepOut) / stepIn) * (1 + 2 ** -22));
  // To the next smaller float32.
  while (f32(f32(stepIn * step) / stepOut) > target) step = f32(step * (1 - 2 ** -24));
  return step;
}

/** A threshold with this grid step: a float32 where there is one, as the thresholds of weights are, else the exact product. */
function thresholdOf(step: number, { bits }: Grid): number {
  const exact = step * CODES[bits].largest;
  return stepOf({ threshold: f32(exact), bits }) === step ? f32(exact) : exact;
}
