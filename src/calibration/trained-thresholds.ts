import type { AnalysedGraph } from '../analysis/analysed-graph.js';
import type { ValueId } from '../graph/graph.js';

/** The thresholds that training has fixed, by value: by the FakeQuant node that writes it, or that alone reads it. */
export function trainedThresholds(network: AnalysedGraph): ReadonlyMap<ValueId, number> {
  const fixedBy = (index: number | undefined): number | undefined => {
    const rule = network.rules[index ?? -1];
    return rule?.kind === 'shape' ? rule.threshold : undefined;
  };
  const found = new Map<ValueId, number>();
  for (const { id } of network.graph.values) {
    const [first, ...others] = network.readersOf(id);
    const threshold = fixedBy(network.writerOf(id)) ?? (others.length === 0 ? fixedBy(first) : undefined);
    if (threshold !== undefined) found.set(id, threshold);
  }
  return found;
}
