import type { Layout, Shape } from '../tensor.js';
import { type Graph, type GraphNode, graphValue, inputOf } from './graph.js';

/** Sizes a node works on, and the layout of its activations. */
export interface NodeShapes {
  readonly inputs: readonly Shape[];
  readonly outputs: readonly Shape[];
  readonly layout: Layout;
}

/** The sizes a node works on, and the layout of its first output (of its first input where it has no output). */
export function shapesOf(graph: Graph, node: GraphNode): NodeShapes {
  const shape = (id: number): Shape => graphValue(graph, id).shape;
  return {
    inputs: node.inputs.map(shape),
    outputs: node.outputs.map(shape),
    layout: graphValue(graph, node.outputs[0] ?? inputOf(node)).layout,
  };
}
