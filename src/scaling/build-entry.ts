import { gridStep } from '../fixed/grid.js';
import { largestCode } from '../fixed/rounding.js';
import { decompose, limitsOf } from './decompose.js';
import type { EntryForm, Overlay, ScalingEntry } from './entry.js';

/** What was measured at one layer. `channels`: of the output, 1 for Eltwise; `area`: of a pooling window, else 1. */
export interface LayerMeasure {
  readonly name: string;
  readonly form: EntryForm;
  readonly bw_layer_in: number;
  readonly bw_params: number;
  readonly bw_layer_out: number;
  readonly th_layer_in: number;
  readonly th_layer_out: number;
  readonly th_params: readonly number[];
  readonly channels: number;
  readonly area: number;
}

const f32 = Math.fround;

/**
 * What a layer's accumulator is multiplied with, per channel, in float32: `sf_in * sf_params / sf_out`, for
 * Eltwise `sf_in / sf_out`, for average pooling `sf_in / sf_out / area`. 0 where a threshold is 0.
 */
export function multipliersOf(layer: LayerMeasure): number[] {
  const sfIn = gridStep(layer.th_layer_in, layer.bw_layer_in);
  const sfOut = gridStep(layer.th_layer_out, layer.bw_layer_out);
  if (sfOut === 0) return new Array<number>(layer.channels).fill(0);
  if (layer.form === 'Eltwise') return [f32(sfIn / sfOut)];
  if (layer.form === 'AveragePooling') return new Array<number>(layer.channels).fill(f32(f32(sfIn / sfOut) / layer.area));
  return layer.th_params.map((th) => f32(f32(sfIn * gridStep(th, layer.bw_params)) / sfOut));
}

/** A layer's entry of the scaling file. QUANTIZER.md, section 6. */
export function buildEntry(layer: LayerMeasure, overlay: Overlay): ScalingEntry {
  const limits = limitsOf(layer.form, layer.bw_layer_in, overlay);
  const triples = multipliersOf(layer).map((multiplier) => decompose(multiplier, limits));
  const weighted = layer.form !== 'Eltwise' && layer.form !== 'AveragePooling';
  const params = { bw_params: layer.bw_params, th_params: layer.th_params, sf_params: layer.th_params.map((th) => gridStep(th, layer.bw_params)) };
  return {
    name: layer.name,
    bw_layer_in: layer.bw_layer_in,
    bw_layer_out: layer.bw_layer_out,
    th_layer_in: layer.th_layer_in,
    th_layer_out: layer.th_layer_out,
    sf_layer_in: layer.th_layer_in / largestCode(layer.bw_layer_in),
    sf_layer_out: layer.th_layer_out / largestCode(layer.bw_layer_out),
    ...(weighted ? params : {}),
    prescale_shift: triples.map((triple) => triple.prescale_shift),
    scale: triples.map((triple) => triple.scale),
    postscale_shift: triples.map((triple) => triple.postscale_shift),
  };
}
