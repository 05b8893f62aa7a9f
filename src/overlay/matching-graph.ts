import { weightThresholds } from '../calibration/weights.js';
import type { Graph } from '../graph/graph.js';
import { shapesOf } from '../graph/shapes.js';
import { opOf } from '../ops/index.js';
import { dropIdentities, dropUnused, optimise } from '../optimise/index.js';
import type { ScalingEntry } from '../scaling/index.js';

/**
 * The graph a scaling file was measured on: the optimised one, or for a file of the reference walk, which knows no
 * folding (QUANTIZER.md, section 5), the imported one without copies. Told by the thresholds of the weights.
 */
export function matchingGraph(imported: Graph, entries: readonly ScalingEntry[]): Graph {
  const folded = optimise(imported).graph;
  const unfolded = dropIdentities(dropUnused(imported));
  if (folded.nodes.length === unfolded.nodes.length) return folded;
  return matches(unfolded, entries) > matches(folded, entries) ? unfolded : folded;
}

/** How many entries have exactly the thresholds of the weights of the node that bears their name. */
function matches(graph: Graph, entries: readonly ScalingEntry[]): number {
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  return entries.filter(({ name, th_params: thresholds }) => {
    const node = nodes.get(name);
    if (node === undefined || thresholds === undefined || opOf(node).rule(node, shapesOf(graph, node)).kind !== 'weighted') return false;
    const own = weightThresholds(node, shapesOf(graph, node));
    return own.length === thresholds.length && own.every((weight, c) => Math.fround(thresholds[c]!) === Math.fround(weight));
  }).length;
}
