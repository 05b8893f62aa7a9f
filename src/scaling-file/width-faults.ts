import { type NetworkWidths, widthBoundaries } from '../analysis/width-boundaries.js';
import type { Graph } from '../graph/graph.js';
import { type Placement, placementOf } from '../placement/placement.js';
import { entriesByName } from '../placement/wanted-grids.js';
import { changesWidth, type EntryForm, gridsOf, type Overlay, type ScalingEntry } from '../scaling/index.js';
import { type Fault, fault, warning } from './fault.js';

/**
 * A fault for each place where the widths of a file's entries meet in a way that the overlay cannot compute; a warning where
 * weights are so wide that biases are clipped. Throws `data` where a layer has no entry and needs one.
 */
export function widthFaults(entries: readonly ScalingEntry[], graph: Graph, overlay: Overlay): Fault[] {
  const placement = placementOf(graph, entriesByName(entries));
  return widthBoundaries(placement.analysis, widthsIn(placement), overlay).map(({ layer, key, what, why }) => {
    // Biases that are too large are clipped; codes of a width that no multiplier gives are noise.
    const finding = key === 'bw_params' ? warning : fault;
    return finding(placement.analysis.node(layer).name, key, `${what}: ${why}.`);
  });
}

/** As far as an entry alone tells: one without weights is of an Eltwise or a pooling, whose widths must be equal on some overlays. */
export function entryWidthFaults(entry: ScalingEntry, overlay: Overlay): Fault[] {
  const { input, output } = gridsOf(entry);
  const form = entry.th_params === undefined ? 'Eltwise' : 'Convolution';
  if (changesWidth(overlay, form, input.bits, output.bits)) return [];
  const message = `expected ${input.bits}, as bw_layer_in is, got ${output.bits}: overlay ${overlay.name} has no multiplier for that in a layer of its kind.`;
  return [fault(entry.name, 'bw_layer_out', message)];
}

function widthsIn(placement: Placement): NetworkWidths {
  const { analysis } = placement;
  return {
    value: (id) => placement.enteringGrid(id)?.bits ?? null,
    layer(index) {
      if (placement.isOnHost(index)) return undefined;
      const rule = analysis.rule(index);
      if (rule.kind === 'concat') return { input: placement.codes(analysis.output(index)).bits, entry: null };
      const entry = placement.entryOf(index);
      if (entry === undefined) return undefined;
      const form: EntryForm =
        rule.kind === 'weighted' ? rule.form : rule.kind === 'pool' ? 'AveragePooling' : 'Eltwise';
      const { input, params, output } = gridsOf(entry);
      return { input: input.bits, entry: { form, params: params[0]?.bits ?? null, output: output.bits } };
    },
  };
}
