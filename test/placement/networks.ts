import { loadCaffe } from '../../src/caffe/index.js';
import type { Graph } from '../../src/graph/graph.js';
import { optimise } from '../../src/optimise/index.js';
import type { Entries } from '../../src/placement/wanted-grids.js';
import type { ScalingEntry } from '../../src/scaling/index.js';

/** A Caffe layer: its type, its bottoms (words apart), its name, which is that of its top, and its parameters. */
export type LayerLine = readonly [type: string, bottoms: string, name: string, parameters?: string];

export const CONVOLUTION = 'convolution_param { num_output: 4 kernel_size: 1 }';
export const POOL = (operation: string, size = 2): string =>
  `pooling_param { pool: ${operation} kernel_size: ${size} stride: ${size} }`;

/** The network of these layers over an input "data" of 4 channels, as it is calibrated. */
export function networkOf(layers: readonly LayerLine[], size = 8): Graph {
  const input = `layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 4 dim: ${size} dim: ${size} } } }`;
  const lines = layers.map(
    ([type, bottoms, name, parameters = '']) =>
      `layer { name: "${name}" type: "${type}" ${bottoms
        .split(' ')
        .map((bottom) => `bottom: "${bottom}"`)
        .join(' ')} top: "${name}" ${parameters} }`,
  );
  return optimise(loadCaffe({ prototxt: [input, ...lines].join('\n'), seedWeights: 3 })).graph;
}

/** Entries that hold grids only, by their layer: threshold in, threshold out. Widths are 8 bits unless given. */
export function gridEntries(thresholds: Readonly<Record<string, readonly [number, number]>>, bits = 8): Entries {
  return new Map(
    Object.entries(thresholds).map(([name, [th_layer_in, th_layer_out]]) => [
      name,
      { name, bw_layer_in: bits, bw_layer_out: bits, th_layer_in, th_layer_out } as ScalingEntry,
    ]),
  );
}
