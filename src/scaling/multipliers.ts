import { type Grid, stepOf } from '../fixed/grid.js';
import type { LayerCalibration } from './entry.js';
import { gridsOf } from './grids.js';

const f32 = Math.fround;

/**
 * The multiplier of a layer's accumulator for each channel, float32, each operation rounded: `sf_in * sf_params / sf_out`;
 * for Eltwise `sf_in / sf_out`, for average pooling `sf_in / sf_out / area`. 0 where a threshold is 0.
 * Source: `docs/spec/quantizer.md`, section 6.
 */
export function multipliersOf(layer: LayerCalibration): number[] {
  const { input, params, output } = gridsOf(layer);
  const [sfIn, sfOut] = [stepOf(input), stepOf(output)];
  if (sfOut === 0) return new Array<number>(layer.channels).fill(0);
  if (layer.form === 'Eltwise') return [f32(sfIn / sfOut)];
  if (layer.form === 'AveragePooling')
    return new Array<number>(layer.channels).fill(f32(f32(sfIn / sfOut) / layer.area));
  return params.map((grid) => f32(f32(sfIn * stepOf(grid)) / sfOut));
}

/**
 * The multiplier that moves codes to another grid: `sf_from / sf_to`, times the magnitude of an Eltwise's coefficient,
 * float32, each operation rounded. 0 where a threshold is 0. Decomposed by the row `Rescaling`.
 * Source: `docs/spec/overlay.md`, "Layers on the overlay"; that the coefficient is a factor of the quotient is our choice.
 */
export function rescalingMultiplier(from: Grid, to: Grid, coefficient = 1): number {
  const step = stepOf(to);
  return step === 0 ? 0 : f32(f32(stepOf(from) / step) * f32(coefficient));
}

/**
 * The multiplier of the accumulator below zero under a leaky ReLU or PReLU: `M * slope` in float32, decomposed by the
 * layer's own row; M = 1 and the row `Rescaling` where there is no accumulator.
 * Source: `docs/spec/overlay.md`, "Layers on the overlay".
 */
export function slopeMultiplier(multiplier: number, slope: number): number {
  return f32(f32(multiplier) * f32(slope));
}
