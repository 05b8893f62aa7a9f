import { analyse } from '../analysis/analysed-graph.js';
import { weightThresholds } from '../analysis/weights.js';
import type { Graph } from '../graph/graph.js';
import { dropIdentities, dropUnused, optimise } from '../optimise/index.js';
import type { ScalingEntry } from '../scaling/index.js';
import { hasThresholds } from './raised-thresholds.js';

/**
 * The graph a scaling file was measured on: the optimised one, or for a file of the reference walk, which folds nothing
 * (`docs/spec/quantizer.md`, section 5), the imported one without copies. The thresholds of the weights tell which, else
 * the layers that have no entry.
 */
export function graphOfScalingFile(imported: Graph, entries: readonly ScalingEntry[]): Graph {
  const { graph: folded, chains } = optimise(imported);
  if (chains.length === 0) return folded;
  const unfolded = dropIdentities(dropUnused(imported));
  const better = matches(unfolded, entries) - matches(folded, entries);
  if (better !== 0) return better > 0 ? unfolded : folded;
  return missing(folded, entries) > 0 && missing(unfolded, entries) === 0 ? unfolded : folded;
}

/** The number of layers that need an entry and have none: an offset that could not be folded is a Scale in the folded network only. */
function missing(graph: Graph, entries: readonly ScalingEntry[]): number {
  const names = new Set(entries.map(({ name }) => name));
  const analysis = analyse(graph);
  return graph.nodes.filter(({ name }, index) => {
    const rule = analysis.rule(index);
    return rule.kind === 'weighted' && rule.entry === 'always' && !names.has(name);
  }).length;
}

/** The number of entries that have the thresholds of the weights of the layer of their name, also raised for exact multipliers. */
function matches(graph: Graph, entries: readonly ScalingEntry[]): number {
  const analysis = analyse(graph);
  return entries.filter((entry) => {
    const index = analysis.indexOf(entry.name);
    if (index === undefined || analysis.rule(index).kind !== 'weighted') return false;
    const own = weightThresholds(analysis.node(index), analysis.shapesOf(index));
    return hasThresholds(entry, own, (threshold, weight) => Math.fround(threshold) === Math.fround(weight));
  }).length;
}
