import type { Graph, GraphNode, ValueId } from '../graph/graph.js';
import type { PadAttrs } from '../ops/pad.js';
import { type PoolingAttrs, pooling } from '../ops/pooling/pooling.js';
import { LARGEST_FLOAT } from './constant.js';

/**
 * Replaces a padding with minus infinity (or the lowest float) in front of a maximum pooling by the pooling's own
 * padding, which is never the largest element either. The padded value has no grid, so it could not be quantized.
 */
export function foldPadding(graph: Graph): Graph {
  const writers = new Map(graph.nodes.flatMap((node) => node.outputs.map((id) => [id, node] as const)));
  return { ...graph, nodes: graph.nodes.map((node) => folded(graph, node, writers)) };
}

function folded(graph: Graph, node: GraphNode, writers: ReadonlyMap<ValueId, GraphNode>): GraphNode {
  const [padded = -1] = node.inputs;
  const before = node.op === 'pooling' ? writers.get(padded) : undefined;
  if (before?.op !== 'pad') return node;
  const attrs = withPadding(node.attrs as PoolingAttrs, before.attrs as PadAttrs);
  const shapes = before.inputs.flatMap((id) => graph.values[id]?.shape ?? []);
  const [output = -1] = node.outputs;
  if (attrs === undefined || !hasShape(attrs, shapes, graph.values[output]?.shape)) return node;
  return { ...node, attrs, inputs: before.inputs };
}

/** The pooling with more padding; undefined where it would mean something else. */
function withPadding(attrs: PoolingAttrs, pads: PadAttrs): PoolingAttrs | undefined {
  if (attrs.operation !== 'max' || attrs.indices === true || attrs.ceil) return undefined;
  if (pads.mode !== 'constant' || pads.value > -LARGEST_FLOAT || pads.before.length !== 4) return undefined;
  const rows = attrs.layout === 'NCHW' ? 2 : 1;
  const others = [0, 1, 2, 3].filter((axis) => axis !== rows && axis !== rows + 1);
  if (others.some((axis) => pads.before[axis] !== 0 || pads.after[axis] !== 0)) return undefined;
  const [top, left, bottom, right] = attrs.pad;
  const more = (list: readonly number[], axis: number): number => list[rows + axis] ?? 0;
  const pad = [
    top + more(pads.before, 0),
    left + more(pads.before, 1),
    bottom + more(pads.after, 0),
    right + more(pads.after, 1),
  ] as const;
  // A window within the padding alone would have no largest element.
  return pad.every((size, side) => size < (attrs.kernel[side % 2] ?? 0)) ? { ...attrs, pad } : undefined;
}

function hasShape(attrs: PoolingAttrs, input: readonly number[], wanted: readonly number[] | undefined): boolean {
  try {
    return pooling.shape(attrs, [input])[0]?.join() === wanted?.join();
  } catch {
    return false;
  }
}
