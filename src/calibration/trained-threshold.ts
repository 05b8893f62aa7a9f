import { consumers, type Graph, producers } from '../graph/graph.js';
import type { Rule } from '../ops/op.js';

/**
 * The thresholds that training has fixed, by value: by the FakeQuant node that wrote it, or that alone reads it. Undefined where
 * one is to be searched. `rules`: one per node.
 */
export function trainedThresholds(graph: Graph, rules: readonly Rule[]): (number | undefined)[] {
  const of = (index: number | undefined): number | undefined => {
    const rule = rules[index ?? -1];
    return rule?.kind === 'shape' ? rule.threshold : undefined;
  };
  const [writers, readers] = [producers(graph), consumers(graph)];
  return graph.values.map(({ id }) => {
    const [first, ...others] = readers[id]!;
    return of(writers[id]) ?? (others.every((reader) => reader === first) ? of(first) : undefined);
  });
}
