import type { ValueId } from '../../graph/graph.js';
import type { Placement } from '../../placement/placement.js';

/** A layer that is computed at once: a node, and the activations that the overlay computes from its accumulator. */
export interface LayerStep {
  /** Index of the node. */
  readonly node: number;
  /** Indices of the node and of the activations that are computed with it. */
  readonly nodes: ReadonlySet<number>;
  readonly inputs: readonly ValueId[];
  /** The values that are computed. */
  readonly outputs: readonly ValueId[];
  /** Whether its results differ from those of the float layer on the same inputs: not where codes are moved only, or on the host. */
  readonly isRounded: boolean;
}

/** The layers of a network on the overlay and its host, in an order in which they can run. */
export function layerSteps(placement: Placement): LayerStep[] {
  const { analysis } = placement;
  return analysis.graph.nodes.flatMap(({ inputs, outputs }, node) => {
    if (placement.accumulatingLayer(node) !== null) return [];
    const targets = placement.isOnHost(node) ? [] : placement.targetsOf(node);
    const activations = targets.flatMap(({ activation }) =>
      activation !== null && placement.accumulatingLayer(activation) === node ? [activation] : [],
    );
    const computed = [node, ...activations].flatMap((index) => analysis.node(index).outputs);
    return [
      {
        node,
        nodes: new Set([node, ...activations]),
        inputs: [...new Set(inputs)],
        outputs: computed.filter((id) => placement.isComputed(id)),
        isRounded: outputs.length > 0 && isRounded(placement, node),
      },
    ];
  });
}

function isRounded(placement: Placement, node: number): boolean {
  const rule = placement.analysis.rule(node);
  const output = placement.analysis.output(node);
  if (rule.kind === 'shape') return false;
  if (placement.isOnHost(node)) return entersOverlay(placement, output);
  return rule.kind !== 'pool' || rule.operation === 'average';
}

/** Whether a host value is rounded to codes by a layer of the overlay that reads it, directly or through layers that move values only. */
export function entersOverlay(placement: Placement, id: ValueId): boolean {
  const { analysis } = placement;
  if (placement.value(id).kind === 'codes' || placement.enteringGrid(id) === undefined) return false;
  return analysis.readersOf(id).some((reader) => {
    if (!placement.isOnHost(reader)) return true;
    return (
      analysis.rule(reader).kind === 'shape' &&
      analysis.node(reader).outputs.some((next) => entersOverlay(placement, next))
    );
  });
}
