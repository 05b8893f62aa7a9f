import type { Graph, GraphNode } from '../graph/graph.js';
import { shapesOf } from '../graph/shapes.js';
import { type Lowering, withoutConstants } from '../kernels/lowering.js';
import { opOf } from '../ops/index.js';
import { elements, type Shape, type Tensor } from '../tensor.js';

/** A node's plain reference on float32 in the heap, for operators that have no kernels. */
export function referenceLowering(graph: Graph, node: GraphNode): Lowering {
  const shapes = shapesOf(graph, node);
  return {
    ...withoutConstants,
    scratch: 0,
    run({ heap }, { inputs, outputs }) {
      const views = (sizes: readonly Shape[], addresses: readonly number[]): Tensor[] =>
        sizes.map((shape, index) => ({ shape, data: heap.f32(addresses[index]!, elements(shape)) }));
      opOf(node).reference(node, views(shapes.inputs, inputs), views(shapes.outputs, outputs), shapes.layout);
    },
  };
}
