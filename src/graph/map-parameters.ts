import type { Tensor } from '../tensor.js';
import type { Graph } from './graph.js';

/** The graph with other elements in its parameters. Layers may share an array: `dataOf` is called once for each. */
export function mapParameters(graph: Graph, dataOf: (data: Tensor['data']) => Tensor['data']): Graph {
  const known = new Map<Tensor['data'], Tensor['data']>();
  const mapped = (data: Tensor['data']): Tensor['data'] => {
    const found = known.get(data) ?? dataOf(data);
    known.set(data, found);
    return found;
  };
  const nodes = graph.nodes.map((node) => ({
    ...node,
    params: node.params.map((param) => ({ ...param, data: mapped(param.data) })),
  }));
  return { ...graph, nodes };
}
