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

/**
 * The layers that are ranked: each that rounds, with the host layers that alone read its results and whose own results are rounded
 * again where they come to the overlay, as an activation of the host does behind its Convolution. In network order.
 */
export function rankedLayers(placement: Placement, steps: readonly LayerStep[]): RankedLayer[] {
  const leaders = new Map(steps.filter(({ isRounded }) => isRounded).map((step) => [step, [step]]));
  for (const step of [...steps].reverse()) {
    const members = leaders.get(step);
    if (members === undefined || !placement.isOnHost(step.node) || step.inputs.length === 0) continue;
    const [leader, ...others] = hostChain(placement, steps, step);
    if (leader === undefined || !leaders.has(leader)) continue;
    leaders.set(leader, [leader, ...others, ...members]);
    leaders.delete(step);
  }
  return [...leaders].map(([leader, members]) => ({ leader, members: new Set(members) }));
}

/** A layer that is ranked. */
export interface RankedLayer {
  readonly leader: LayerStep;
  /** The leader and the host layers behind it. */
  readonly members: ReadonlySet<LayerStep>;
}

/** The overlay layer that a host layer's only input comes from, and the host layers between them; empty: others read what is between. */
function hostChain(placement: Placement, steps: readonly LayerStep[], last: LayerStep): LayerStep[] {
  const { analysis } = placement;
  const [input, ...others] = last.inputs;
  if (input === undefined || others.length > 0) return [];
  if (analysis.readersOf(input).length > 1 || analysis.graph.outputs.includes(input)) return [];
  const maker = steps.find(({ outputs }) => outputs.includes(input));
  if (maker === undefined) return [];
  if (!placement.isOnHost(maker.node)) return [maker];
  const before = hostChain(placement, steps, maker);
  return before.length === 0 ? [] : [...before, maker];
}
