import { analyse } from '../analysis/analysed-graph.js';
import { takesEntry } from '../analysis/traits.js';
import { describe, type Graph, type GraphNode } from '../graph/graph.js';
import type { Rule } from '../ops/op.js';
import type { EntryForm } from '../scaling/index.js';
import { channelAxis } from '../tensor.js';
import { hostNodes } from './host-nodes.js';

/** A layer that has, or may have, an entry in the scaling file. */
export interface EntryLayer {
  /** Index of the node in the graph: network order. */
  readonly index: number;
  readonly node: GraphNode;
  readonly form: EntryForm;
  /** Elements of the entry's lists. */
  readonly channels: number;
  /** Elements of an average pooling's window, else 1. */
  readonly area: number;
  /**
   * `always`: the overlay cannot run it without an entry; `pooling`: files for overlays with pooling entries have one;
   * `optional`: on request, or the layer works on host values.
   */
  readonly need: 'always' | 'pooling' | 'optional';
}

/** By layer name, in network order. */
export type EntryLayers = ReadonlyMap<string, EntryLayer>;

/**
 * The layers of a graph as it is calibrated that can have an entry in a scaling file. `present`: the names of the entries
 * there are. Every input counts as codes, also one that no entry reads: the file may lack the entry that would read it.
 */
export function entryLayers(graph: Graph, present: ReadonlySet<string>): EntryLayers {
  const analysis = analyse(graph);
  const onHost = hostNodes(analysis, present, () => false);
  return new Map(
    graph.nodes.flatMap((node, index) => {
      const rule = analysis.rule(index);
      return takesEntry(rule) ? [[node.name, layerOf(graph, index, rule, onHost[index] === true)] as const] : [];
    }),
  );
}

function layerOf(graph: Graph, index: number, rule: Rule, isOnHost: boolean): EntryLayer {
  const analysis = analyse(graph);
  const layer = { index, node: analysis.node(index), area: 1 };
  if (rule.kind === 'weighted') return { ...layer, form: rule.form, channels: rule.channels, need: rule.entry };
  if (rule.kind !== 'pool') return { ...layer, form: 'Eltwise', channels: 1, need: isOnHost ? 'optional' : 'always' };
  const { shape, layout } = analysis.value(analysis.output(index));
  const channels = shape[channelAxis(shape.length, layout)] ?? 1;
  return { ...layer, form: 'AveragePooling', channels, area: rule.area, need: isOnHost ? 'optional' : 'pooling' };
}

/** Whether an entry of this layer has thresholds of weights. */
export function hasParams({ form }: EntryLayer): boolean {
  return form !== 'Eltwise' && form !== 'AveragePooling';
}

/** `layer "conv1" (Convolution)`. */
export function describeLayer({ node }: EntryLayer): string {
  return describe({ ...node, where: '' });
}
