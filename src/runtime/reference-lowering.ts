import type { Graph, GraphNode, ValueId } from '../graph/graph.js';
import { shapesOf } from '../graph/shapes.js';
import type { Lowering } from '../kernels/lowering.js';
import { opOf } from '../ops/index.js';
import { elements, type Tensor } from '../tensor.js';

/** A node's plain reference on float32 in the heap, for operators that have no kernels. */
export function referenceLowering(graph: Graph, node: GraphNode): Lowering {
  const { layout } = shapesOf(graph, node);
  return {
    constants: 0,
    scratch: 0,
    prepare: () => undefined,
    run({ heap }, { inputs, outputs }) {
      const view = (id: ValueId, at: number): Tensor => ({
        shape: graph.values[id]!.shape,
        data: heap.f32(at, elements(graph.values[id]!.shape)),
      });
      opOf(node).reference(
        node,
        inputs.map((at, i) => view(node.inputs[i]!, at)),
        outputs.map((at, i) => view(node.outputs[i]!, at)),
        layout,
      );
    },
  };
}
