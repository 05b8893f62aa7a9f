import { gridStep } from '../fixed/grid.js';
import { largestCode } from '../fixed/rounding.js';
import { decompose, limitsOf } from './decompose.js';
import type { LayerCalibration, Overlay, ScalingEntry } from './entry.js';
import { multipliersOf } from './multipliers.js';

/**
 * A layer's entry of the scaling file. `sf_layer_in` and `sf_layer_out` are double quotients `th / m`, `sf_params`
 * float32 ones, as the reference wrote them; the triples come from float32 steps throughout. QUANTIZER.md, section 6.
 */
export function buildEntry(layer: LayerCalibration, overlay: Overlay): ScalingEntry {
  const limits = limitsOf(layer.form, layer.bw_layer_in, overlay);
  const triples = multipliersOf(layer).map((multiplier) => decompose(multiplier, limits));
  const weighted = layer.form !== 'Eltwise' && layer.form !== 'AveragePooling';
  const params = {
    bw_params: layer.bw_params,
    th_params: layer.th_params,
    sf_params: layer.th_params.map((th) => gridStep(th, layer.bw_params)),
  };
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
