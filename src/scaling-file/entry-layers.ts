import { describe, type Graph, type GraphNode, type ValueId } from '../graph/graph.js';
import { shapesOf } from '../graph/shapes.js';
import { opOf } from '../ops/index.js';
import type { Rule } from '../ops/op.js';
import type { EntryForm } from '../scaling/index.js';
import { channelAxis } from '../tensor.js';
import type { EntryKind } from './entry-form.js';

/** A layer that has, or may have, an entry in the scaling file. */
export interface EntryLayer {
  /** Index of the node in the graph: network order. */
  readonly index: number;
  readonly node: GraphNode;
  readonly form: EntryForm;
  /** Elements of the entry's lists. */
  readonly channels: number;
  /** Of an average pooling's window, else 1. */
  readonly area: number;
  /** `always`: the overlay cannot run it without; `v3`: a v3 file should have it; `optional`: on request, or the layer works on host values. */
  readonly need: 'always' | 'v3' | 'optional';
}

/** By layer name, in network order. */
export type EntryLayers = ReadonlyMap<string, EntryLayer>;

/** The layers of an optimised graph that have a place in a scaling file; `present`: the names of the entries there are. */
export function entryLayers(graph: Graph, present: ReadonlySet<string>): EntryLayers {
  const onHost: boolean[] = [];
  const layers = new Map<string, EntryLayer>();
  graph.nodes.forEach((node, index) => {
    const rule = opOf(node).rule(node, shapesOf(graph, node));
    const host = runsOnHost(node, rule, onHost, present);
    node.outputs.forEach((id: ValueId) => (onHost[id] = host));
    const layer = layerOf(graph, node, index, rule, host);
    if (layer !== undefined) layers.set(node.name, layer);
  });
  return layers;
}

/** Whether a node's outputs are floats of the host when the overlay runs what it can. */
function runsOnHost(node: GraphNode, rule: Rule, onHost: readonly boolean[], present: ReadonlySet<string>): boolean {
  if (rule.kind === 'input') return false;
  if (rule.kind === 'weighted') return rule.entry === 'optional' && !present.has(node.name);
  return rule.kind === 'host' || node.inputs.every((id) => onHost[id]);
}

function layerOf(graph: Graph, node: GraphNode, index: number, rule: Rule, host: boolean): EntryLayer | undefined {
  if (rule.kind === 'weighted')
    return { index, node, form: rule.form, channels: rule.channels, area: 1, need: rule.entry };
  if (rule.kind === 'eltwise')
    return { index, node, form: 'Eltwise', channels: 1, area: 1, need: host ? 'optional' : 'always' };
  if (rule.kind !== 'pool' || rule.operation !== 'average') return undefined;
  const { shape, layout } = graph.values[node.outputs[0]!]!;
  return {
    index,
    node,
    form: 'AveragePooling',
    channels: shape[channelAxis(shape.length, layout)]!,
    area: rule.area,
    need: host ? 'optional' : 'v3',
  };
}

/** Whether an entry of this layer has thresholds of weights. */
export function hasParams({ form }: EntryLayer): boolean {
  return form !== 'Eltwise' && form !== 'AveragePooling';
}

/** What an entry of this layer stands for. */
export function kindOf({ form, area }: EntryLayer): EntryKind {
  return { form, area };
}

/** `layer "conv1" (Convolution)`. */
export function describeLayer({ node }: EntryLayer): string {
  return describe({ ...node, where: '' });
}
