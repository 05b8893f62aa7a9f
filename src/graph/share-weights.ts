import type { Tensor } from '../tensor.js';
import type { Graph } from './graph.js';

/**
 * The graph with its parameters in shared memory, so that threads it is sent to see the one copy; what is there already stays where
 * it is. Without shared memory (a page that is not isolated from others): the graph itself.
 */
export function shareWeights(graph: Graph): Graph {
  if (typeof SharedArrayBuffer !== 'function') return graph;
  // Layers may have a parameter in common.
  const shared = new Map<Tensor['data'], Tensor['data']>();
  const share = (data: Tensor['data']): Tensor['data'] => {
    if (data.buffer instanceof SharedArrayBuffer) return data;
    const found = shared.get(data) ?? copyShared(data);
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

function copyShared(data: Float32Array): Float32Array {
  const copy = new Float32Array(new SharedArrayBuffer(data.byteLength));
  copy.set(data);
  return copy;
}
