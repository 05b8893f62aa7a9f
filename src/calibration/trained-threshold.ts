import type { Graph, ValueId } from '../graph/graph.js';
import type { Rule } from '../ops/op.js';

/**
 * The threshold that training has fixed for a value: by the FakeQuant node that wrote it, or that alone reads it. Undefined if it
 * is to be searched. `rules`: one per node.
 */
export function trainedThreshold(graph: Graph, rules: readonly Rule[], id: ValueId): number | undefined {
  const of = (index: number): number | undefined => {
    const rule = rules[index];
    return rule?.kind === 'shape' ? rule.threshold : undefined;
  };
  const readers = graph.nodes.flatMap((node, index) => (node.inputs.includes(id) ? [index] : []));
  return of(graph.nodes.findIndex((node) => node.outputs.includes(id))) ?? (readers.length === 1 ? of(readers[0]!) : undefined);
}
