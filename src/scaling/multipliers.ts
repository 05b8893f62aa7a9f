import { gridStep } from '../fixed/grid.js';
import type { LayerCalibration } from './entry.js';

const f32 = Math.fround;

/**
 * What a layer's accumulator is multiplied with, per channel, float32, each operation rounded: `sf_in * sf_params / sf_out`;
 * for Eltwise `sf_in / sf_out`, for average pooling `sf_in / sf_out / area`. 0 where a threshold is 0.
 * Source: QUANTIZER.md, section 6.
 */
export function multipliersOf(layer: LayerCalibration): number[] {
  const sfIn = gridStep(layer.th_layer_in, layer.bw_layer_in);
  const sfOut = gridStep(layer.th_layer_out, layer.bw_layer_out);
  if (sfOut === 0) return new Array<number>(layer.channels).fill(0);
  if (layer.form === 'Eltwise') return [f32(sfIn / sfOut)];
  if (layer.form === 'AveragePooling')
    return new Array<number>(layer.channels).fill(f32(f32(sfIn / sfOut) / layer.area));
  return layer.th_params.map((th) => f32(f32(sfIn * gridStep(th, layer.bw_params)) / sfOut));
}

/** The grid of an activation. */
export interface Grid {
  readonly th: number;
  readonly bw: number;
}

/**
 * What codes are multiplied with to move to another grid: `sf_from / sf_to`, times the magnitude of an Eltwise's
 * coefficient, float32, each operation rounded. 0 where a threshold is 0. Decomposed by the row `Rescaling`.
 * Source: OVERLAY.md, "rescaled first"; where the coefficient is rounded in is our choice.
 */
export function rescalingMultiplier(from: Grid, to: Grid, coefficient = 1): number {
  const step = gridStep(to.th, to.bw);
  return step === 0 ? 0 : f32(f32(gridStep(from.th, from.bw) / step) * f32(coefficient));
}

/**
 * What the accumulator below zero is multiplied with under a leaky ReLU or PReLU: `M * slope` in float32, decomposed by
 * the layer's own row; M = 1 and the row `Rescaling` where there is no accumulator. Source: OVERLAY.md, "leaky ReLU".
 */
export function slopeMultiplier(multiplier: number, slope: number): number {
  return f32(f32(multiplier) * f32(slope));
}
