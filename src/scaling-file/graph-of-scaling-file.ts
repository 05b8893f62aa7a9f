import { weightThresholds } from '../analysis/weights.js';
import type { Graph } from '../graph/graph.js';
import { shapesOf } from '../graph/shapes.js';
import { opOf } from '../ops/index.js';
import { dropIdentities, dropUnused, optimise } from '../optimise/index.js';
import type { ScalingEntry } from '../scaling/index.js';

/**
 * The graph a scaling file was measured on: the optimised one, or for a file of the reference walk, which knows no
 * folding (QUANTIZER.md, section 5), the imported one without copies. Told by the thresholds of the weights, and by what has no entry.
 */
export function matchingGraph(imported: Graph, entries: readonly ScalingEntry[]): Graph {
  const { graph: folded, chains } = optimise(imported);
  if (chains.length === 0) return folded;
  const unfolded = dropIdentities(dropUnused(imported));
  const better = matches(unfolded, entries) - matches(folded, entries);
  if (better !== 0) return better > 0 ? unfolded : folded;
  return missing(folded, entries) > 0 && missing(unfolded, entries) === 0 ? unfolded : folded;
}

/** How many layers must have an entry and have none: an offset that could not be folded is a Scale of the folded network only. */
function missing(graph: Graph, entries: readonly ScalingEntry[]): number {
  const names = new Set(entries.map(({ name }) => name));
  return graph.nodes.filter((node) => {
    const rule = opOf(node).rule(node, shapesOf(graph, node));
    return rule.kind === 'weighted' && rule.entry === 'always' && !names.has(node.name);
  }).length;
}

/** How many entries have exactly the thresholds of the weights of the node that bears their name. */
function matches(graph: Graph, entries: readonly ScalingEntry[]): number {
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  return entries.filter(({ name, th_params: thresholds }) => {
    const node = nodes.get(name);
    if (
      node === undefined ||
      thresholds === undefined ||
      opOf(node).rule(node, shapesOf(graph, node)).kind !== 'weighted'
    )
      return false;
    const own = weightThresholds(node, shapesOf(graph, node));
    return (
      own.length === thresholds.length && own.every((weight, c) => Math.fround(thresholds[c]!) === Math.fround(weight))
    );
  }).length;
}
