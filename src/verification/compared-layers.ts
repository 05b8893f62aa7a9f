import type { ValueId } from '../graph/graph.js';
import type { Placement, ValuePlacement } from '../placement/placement.js';

/** One value the overlay (or the host after it) computes, and the layer that computes it. */
export interface ComparedLayer {
  readonly value: ValueId;
  /** Index of the node that computes it: the accumulating layer where an activation is computed with it. */
  readonly node: number;
  /** That node's name, and the name of the activation behind it if the value is the activation's. */
  readonly name: string;
  readonly activation: string | null;
  readonly placement: ValuePlacement;
}

/** The values that are compared with the float forward pass, in network order: those that are computed, but not those that are moved only. */
export function comparedLayers(placement: Placement): ComparedLayer[] {
  const { analysis } = placement;
  return analysis.graph.nodes.flatMap(({ outputs }, index) => {
    if (analysis.rule(index).kind === 'shape') return [];
    const accumulating = placement.accumulatingLayer(index);
    const node = accumulating ?? index;
    const activation = accumulating === null ? null : analysis.node(index).name;
    const { name } = analysis.node(node);
    return outputs
      .filter((id) => placement.isComputed(id))
      .map((value) => ({ value, node, name, activation, placement: placement.value(value) }));
  });
}
