import { analyse } from '../analysis/analysed-graph.js';
import { fail } from '../error.js';
import { describe, type Graph, type ValueId } from '../graph/graph.js';
import { opOf } from '../ops/index.js';
import { type Tensor, zeros } from '../tensor.js';

/**
 * The value of every id of a graph, computed node by node on the operators' references: the definition that the planned
 * runtime is held to. `feeds` holds a float32 tensor of the declared shape for each input of the graph.
 */
export function interpret(graph: Graph, feeds: ReadonlyMap<ValueId, Tensor>): Tensor[] {
  const analysed = analyse(graph);
  const values: Tensor[] = [];
  for (const [id, tensor] of feeds) values[id] = tensor;
  for (const [index, node] of graph.nodes.entries()) {
    if (analysed.rule(index).kind === 'input') continue;
    const inputs = node.inputs.map(
      (id) => values[id] ?? fail('internal', describe(node), `value ${id} was not computed before it.`),
    );
    const outputs = node.outputs.map((id) => (values[id] = zeros(analysed.value(id).shape)));
    opOf(node).reference(node, inputs, outputs, analysed.shapesOf(index).layout);
  }
  return values;
}
