import type { AnalysedGraph } from '../analysis/analysed-graph.js';
import { takesEntry } from '../analysis/traits.js';
import type { ValueId } from '../graph/graph.js';

/**
 * For each layer whether its results are float32 of the host without a grid: layers of the host, weighted layers that need no
 * entry and have none, and every layer that has no entry and reads results of such layers only. An LRN over codes is not
 * among them, since a grid passes through it.
 * @param named holds the names of the entries
 * @param isHostInput whether an input of the network stays float32
 */
export function hostNodes(
  analysis: AnalysedGraph,
  named: { has(name: string): boolean },
  isHostInput: (id: ValueId) => boolean,
): boolean[] {
  const isFloat: boolean[] = [];
  return analysis.graph.nodes.map((node, index) => {
    const onHost = runsOnHost(analysis, index, named.has(node.name), isFloat, isHostInput);
    for (const id of node.outputs) isFloat[id] = onHost;
    return onHost;
  });
}

function runsOnHost(
  analysis: AnalysedGraph,
  index: number,
  isNamed: boolean,
  isFloat: readonly boolean[],
  isHostInput: (id: ValueId) => boolean,
): boolean {
  const rule = analysis.rule(index);
  if (rule.kind === 'input') return isHostInput(analysis.output(index));
  if (rule.kind === 'host') return true;
  if (isNamed && takesEntry(rule)) return false;
  if (rule.kind === 'weighted') return rule.entry === 'optional';
  return analysis.node(index).inputs.every((id) => isFloat[id]);
}
