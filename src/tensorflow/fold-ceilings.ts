import type { Graph, GraphNode, ValueId } from '../graph/graph.js';
import type { BinaryAttrs } from '../ops/binary.js';
import type { ReluAttrs } from '../ops/relu.js';

/** Replaces `Minimum(Relu(x), c)` and `Relu(Minimum(x, c))`, c > 0, by a ReLU of x with a ceiling. */
export function foldCeilings(graph: Graph): Graph {
  const writers = new Map(graph.nodes.flatMap((node) => node.outputs.map((id) => [id, node] as const)));
  return { ...graph, nodes: graph.nodes.map((node) => folded(graph, node, writers)) };
}

function folded(graph: Graph, node: GraphNode, writers: ReadonlyMap<ValueId, GraphNode>): GraphNode {
  const [input = -1] = node.inputs;
  const before = writers.get(input);
  if (before === undefined || !sameElements(graph, before.inputs, node.outputs)) return node;
  const [outer, inner] = [ceilingOf(node), ceilingOf(before)];
  if (outer !== undefined && isUnboundedRelu(before))
    return { ...node, op: 'relu', attrs: { ...before.attrs, ceiling: outer }, inputs: before.inputs, params: [] };
  if (inner !== undefined && isUnboundedRelu(node))
    return { ...node, attrs: { ...node.attrs, ceiling: inner }, inputs: before.inputs };
  return node;
}

/** The bound of a Minimum with a positive constant. */
function ceilingOf(node: GraphNode): number | undefined {
  if (node.op !== 'binary') return undefined;
  const { operation, constant } = node.attrs as BinaryAttrs;
  const [bound, ...others] = node.params[0]?.data ?? [];
  const isMinimum = operation === 'min' && constant !== 'none';
  return isMinimum && others.length === 0 && bound !== undefined && bound > 0 ? bound : undefined;
}

function isUnboundedRelu(node: GraphNode): boolean {
  return node.op === 'relu' && (node.attrs as ReluAttrs).ceiling === Infinity;
}

/** Whether the first input and the first output have one shape. */
function sameElements(graph: Graph, inputs: readonly ValueId[], outputs: readonly ValueId[]): boolean {
  const [from, to] = [inputs, outputs].map(([id = -1]) => graph.values[id]?.shape.join());
  return from !== undefined && from === to;
}
