import { fail } from '../error.js';
import { describe, type Graph, type ValueId } from '../graph/graph.js';
import { shapesOf } from '../graph/shapes.js';
import { opOf } from '../ops/index.js';
import { type Tensor, zeros } from '../tensor.js';

/**
 * Runs a graph on its operators' plain references, node by node, and returns every value by its id. Slow and
 * memory-hungry on purpose: it reads as the definition that the planned runtime is held to.
 * `feeds` holds a float32 tensor of the declared shape for each input of the graph.
 */
export function interpret(graph: Graph, feeds: ReadonlyMap<ValueId, Tensor>): Tensor[] {
  const values: Tensor[] = [];
  for (const [id, tensor] of feeds) values[id] = tensor;
  for (const node of graph.nodes) {
    const op = opOf(node);
    if (op.rule(node, shapesOf(graph, node)).kind === 'input') continue;
    const inputs = node.inputs.map(
      (id) => values[id] ?? fail('internal', describe(node), `value ${id} was not computed before it.`),
    );
    const outputs = node.outputs.map((id) => zeros(graph.values[id]!.shape));
    op.reference(node, inputs, outputs, graph.values[node.outputs[0]!]!.layout);
    node.outputs.forEach((id, index) => (values[id] = outputs[index]!));
  }
  return values;
}
