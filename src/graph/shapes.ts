import type { NodeShapes } from '../ops/op.js';
import type { Graph, GraphNode } from './graph.js';

/** The sizes a node works on, and the layout of what it writes. */
export function shapesOf(graph: Graph, node: GraphNode): NodeShapes {
  return {
    inputs: node.inputs.map((id) => graph.values[id]!.shape),
    outputs: node.outputs.map((id) => graph.values[id]!.shape),
    layout: graph.values[node.outputs[0] ?? node.inputs[0]!]!.layout,
  };
}
