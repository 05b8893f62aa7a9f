import type { Layout, Shape } from '../tensor.js';
import type { Graph, GraphNode } from './graph.js';

/** Sizes a node works on, and the layout of its activations. */
export interface NodeShapes {
  readonly inputs: readonly Shape[];
  readonly outputs: readonly Shape[];
  readonly layout: Layout;
}

/** The sizes a node works on, and the layout of what it writes. */
export function shapesOf(graph: Graph, node: GraphNode): NodeShapes {
  return {
    inputs: node.inputs.map((id) => graph.values[id]!.shape),
    outputs: node.outputs.map((id) => graph.values[id]!.shape),
    layout: graph.values[node.outputs[0] ?? node.inputs[0]!]!.layout,
  };
}
