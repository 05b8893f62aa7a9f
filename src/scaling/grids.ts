import { checkWidth } from '../fixed/checks.js';
import type { Grid } from '../fixed/grid.js';
import type { LayerCalibration, ScalingEntry } from './entry.js';

/** The grids of a layer: of its input and output codes, and of the weights of each output channel (none: no weights). */
export interface LayerGrids {
  readonly input: Grid;
  readonly params: readonly Grid[];
  readonly output: Grid;
}

/** The keys that hold an entry's grids. */
type GridKeys = 'name' | 'bw_layer_in' | 'bw_layer_out' | 'bw_params' | 'th_layer_in' | 'th_layer_out' | 'th_params';

/**
 * The grids of an entry, or of a measured layer. Weights without a width have that of the input. Throws `usage` for a width
 * other than 8 or 16: `checkGrids` finds those of a file.
 */
export function gridsOf(layer: Pick<ScalingEntry, GridKeys> | Pick<LayerCalibration, GridKeys>): LayerGrids {
  const params = layer.th_params ?? [];
  return {
    input: gridOf(layer.name, layer.th_layer_in, layer.bw_layer_in),
    params: params.map((threshold) => gridOf(layer.name, threshold, layer.bw_params ?? layer.bw_layer_in)),
    output: gridOf(layer.name, layer.th_layer_out, layer.bw_layer_out),
  };
}

function gridOf(name: string, threshold: number, bits: number): Grid {
  checkWidth(name, bits);
  return { threshold, bits };
}
