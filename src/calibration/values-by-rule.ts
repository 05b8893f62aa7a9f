import type { AnalysedGraph } from '../analysis/analysed-graph.js';
import type { ValueId } from '../graph/graph.js';
import type { Rule } from '../ops/op.js';

/** The outputs of the layers that `isWanted` holds for. `follows`: the layer's first input is such an output. */
export function outputsOf(network: AnalysedGraph, isWanted: (rule: Rule, follows: boolean) => boolean): Set<ValueId> {
  const found = new Set<ValueId>();
  for (const [index, { inputs, outputs }] of network.graph.nodes.entries()) {
    const follows = inputs.slice(0, 1).some((id) => found.has(id));
    if (isWanted(network.rule(index), follows)) for (const id of outputs) found.add(id);
  }
  return found;
}

/** For each value whether only layers that run on the host by wish read it, also behind shape-only layers. */
export function readByFloatLayers(network: AnalysedGraph): boolean[] {
  const result: boolean[] = [];
  const isFloat = (index: number): boolean => {
    const { float, outputs } = network.node(index);
    return float === true || (network.rule(index).kind === 'shape' && outputs.every((id) => result[id] === true));
  };
  // Backwards, for the readers of a value come after its writer.
  for (const { outputs } of [...network.graph.nodes].reverse())
    for (const id of outputs) {
      const readers = network.readersOf(id);
      result[id] = readers.length > 0 && readers.every(isFloat);
    }
  return result;
}
