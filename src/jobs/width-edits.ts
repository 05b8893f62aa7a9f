import { analyse } from '../analysis/analysed-graph.js';
import type { BitWidths } from '../calibration/plan.js';
import type { Graph } from '../graph/graph.js';
import { entryLayers, hasParams } from '../placement/entry-layers.js';
import { gridsOf, type OverlayChoice, type ScalingEntry } from '../scaling/index.js';
import type { EntryEdit } from '../scaling-file/edit-entries.js';
import { bitWidths } from './bit-widths.js';
import { type LayerBits, layerWidths } from './layer-bits.js';

/**
 * Edits that give the layers of these names their widths, and all others the widths that most entries have. Thresholds stay.
 * Throws `usage` as `layerWidths` does.
 */
export function widthEdits(
  entries: readonly ScalingEntry[],
  graph: Graph,
  layerBits: LayerBits,
  overlay: OverlayChoice,
): Map<string, EntryEdit> {
  const analysis = analyse(graph);
  const layers = entryLayers(graph, new Set(entries.map(({ name }) => name)));
  const includeInnerProduct = entries.some(({ name }) => layers.get(name)?.form === 'InnerProduct');
  const planned = layerWidths(graph, { layerBits, widths: usualWidths(entries), includeInnerProduct, overlay });
  const edits = new Map<string, EntryEdit>();
  for (const { name } of entries) {
    const layer = layers.get(name);
    if (layer === undefined) continue;
    const { index, form } = layer;
    const output = planned.value(analysis.output(analysis.soleActivation(index) ?? index));
    const input = form === 'AveragePooling' ? planned.value(analysis.input(index)) : planned.input(index);
    const params = hasParams(layer) ? { bw_params: planned.params(index) } : {};
    edits.set(name, { bw_layer_in: input, bw_layer_out: output, ...params });
  }
  return edits;
}

/** The widths that most entries have. */
function usualWidths(entries: readonly ScalingEntry[]): BitWidths {
  const grids = entries.map(gridsOf);
  const params = grids.flatMap(({ params: [first] }) => (first === undefined ? [] : [first.bits]));
  const inputs = grids.map(({ input }) => input.bits);
  return bitWidths([usual(inputs), usual(params), usual(grids.map(({ output }) => output.bits))]);
}

function usual(widths: readonly number[]): number {
  const wide = widths.filter((bits) => bits === 16).length;
  return 2 * wide > widths.length ? 16 : 8;
}
