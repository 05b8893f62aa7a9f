import { sameGrid } from '../fixed/grid.js';
import type { Graph } from '../graph/graph.js';
import { placementOf } from '../placement/placement.js';
import { entriesByName } from '../placement/wanted-grids.js';
import { gridsOf, type ScalingEntry } from '../scaling/index.js';
import { type Fault, warning } from './fault.js';

const RESCALED = 'its codes are rescaled.';

/** Whether a finding is one of {@link gridMismatches}, which is normal at sums and joins. */
export const isRescaling = ({ severity, message }: Fault): boolean =>
  severity === 'warning' && message.endsWith(RESCALED);

/**
 * A warning for every value that reaches an entry on another grid than the entry was measured with, so that the overlay
 * rescales its codes. Throws `data` where a layer has no entry and needs one.
 */
export function gridMismatches(entries: readonly ScalingEntry[], graph: Graph): Fault[] {
  const named = entriesByName(entries);
  const placement = placementOf(graph, named);
  return graph.nodes.flatMap((node, index) => {
    const entry = named.get(node.name);
    if (entry === undefined || placement.isOnHost(index)) return [];
    const { input } = gridsOf(entry);
    return [...new Set(node.inputs)].flatMap((id) => {
      const { grid } = placement.value(id);
      if (grid === null || sameGrid(grid, input)) return [];
      const from = `"${placement.analysis.value(id).blob}" has ${grid.threshold} at ${grid.bits} bits`;
      return [
        warning(entry.name, 'th_layer_in', `is ${input.threshold} at ${input.bits} bits, but ${from}: ${RESCALED}`),
      ];
    });
  });
}
