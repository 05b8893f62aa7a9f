import { CODES, stepOf } from '../fixed/grid.js';
import { decompose } from './decompose.js';
import type { LayerCalibration, ScalingEntry } from './entry.js';
import { gridsOf } from './grids.js';
import { multipliersOf } from './multipliers.js';
import { type OverlayChoice, overlayOf } from './overlays/index.js';

/**
 * A layer's entry of the scaling file. `sf_layer_in` and `sf_layer_out` are double quotients `th / m`, `sf_params`
 * float32 ones, as the original wrote them; the triples come from float32 steps throughout. Source:
 * `docs/spec/quantizer.md`, section 6.
 */
export function buildEntry(layer: LayerCalibration, overlay: OverlayChoice): ScalingEntry {
  const { input, params, output } = gridsOf(layer);
  const limits = overlayOf(overlay).limits[layer.form][input.bits];
  const triples = multipliersOf(layer).map((multiplier) => decompose(multiplier, limits));
  const weighted = layer.form !== 'Eltwise' && layer.form !== 'AveragePooling';
  const weights = { bw_params: layer.bw_params, th_params: layer.th_params, sf_params: params.map(stepOf) };
  return {
    name: layer.name,
    bw_layer_in: layer.bw_layer_in,
    bw_layer_out: layer.bw_layer_out,
    th_layer_in: layer.th_layer_in,
    th_layer_out: layer.th_layer_out,
    sf_layer_in: input.threshold / CODES[input.bits].largest,
    sf_layer_out: output.threshold / CODES[output.bits].largest,
    ...(weighted ? weights : {}),
    prescale_shift: triples.map((triple) => triple.prescale_shift),
    scale: triples.map((triple) => triple.scale),
    postscale_shift: triples.map((triple) => triple.postscale_shift),
  };
}
