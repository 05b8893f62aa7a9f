import { sharedFloats, type Tensor } from '../tensor.js';
import type { Graph } from './graph.js';

/**
 * The graph with its parameters in shared memory, so that all threads see one copy. Parameters in shared memory stay
 * where they are. Without shared memory (a page that is not isolated from others) the result is the graph itself.
 */
export function shareWeights(graph: Graph): Graph {
  if (typeof SharedArrayBuffer !== 'function') return graph;
  // Layers may share a parameter.
  const shared = new Map<Tensor['data'], Tensor['data']>();
  const share = (data: Tensor['data']): Tensor['data'] => {
    const found = shared.get(data) ?? sharedFloats(data);
    shared.set(data, found);
    return found;
  };
  return {
    ...graph,
    nodes: graph.nodes.map((node) => ({
      ...node,
      params: node.params.map((param) => ({ ...param, data: share(param.data) })),
    })),
  };
}
