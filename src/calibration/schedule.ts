import { consumers, type Graph } from '../graph/graph.js';
import type { Rule } from '../ops/op.js';

/** For each weighted node the activation that is the only reader of its result, which is run with it at once; -1: none. */
export function fusedActivations(graph: Graph, rules: readonly Rule[]): Int32Array {
  const readers = consumers(graph);
  return Int32Array.from(graph.nodes, ({ outputs }, index) => {
    if (rules[index]!.kind !== 'weighted') return -1;
    const [next, ...others] = new Set(readers[outputs[0]!]!);
    return next !== undefined && others.length === 0 && rules[next]!.kind === 'activation' ? next : -1;
  });
}

/**
 * The nodes' indices in the order of the walk, in groups whose weighted nodes do not wait for each other's thresholds: the branches of
 * an inception, level by level. Only weighted nodes, with their fused activations, and Poolings are moved, and these never past a
 * node of another kind nor past a reader of the same value, so that each finds every threshold as it would in the graph's order.
 */
export function schedule(graph: Graph, rules: readonly Rule[], fused: Int32Array): number[][] {
  const activations = new Set(fused);
  const groups: number[][] = [];
  /** The first group that may read each value. */
  const ready = new Int32Array(graph.values.length);
  let first = 0;
  graph.nodes.forEach(({ inputs, outputs }, index) => {
    if (activations.has(index)) return;
    const { kind } = rules[index]!;
    if (kind !== 'weighted' && kind !== 'pool') {
      groups.push([index]);
      first = groups.length;
      return;
    }
    const group = Math.max(first, ready[inputs[0]!]!);
    const activation = fused[index]!;
    (groups[group] ??= []).push(index, ...(activation < 0 ? [] : [activation]));
    const written = activation < 0 ? outputs : [...outputs, ...graph.nodes[activation]!.outputs];
    written.forEach((id) => (ready[id] = kind === 'weighted' ? group + 1 : group));
  });
  return groups;
}
