import { type Tensor, zerosLike } from '../tensor.js';
import type { Graph } from './graph.js';

/** The share of a buffer's bytes from which weights keep it. */
const WORTH_KEEPING = 0.5;

/**
 * The graph with its parameters apart from buffers of which they use little, so that the rest of these can be collected: of a file
 * whose other weights were folded into new arrays. What is copied is shared where it was.
 */
export function detachWeights(graph: Graph): Graph {
  const used = usedBytes(graph);
  const copies = new Map<Tensor['data'], Tensor['data']>();
  const detach = (data: Tensor['data']): Tensor['data'] => {
    if ((used.get(data.buffer) ?? 0) >= WORTH_KEEPING * data.buffer.byteLength) return data;
    const found = copies.get(data) ?? copyOf(data);
    copies.set(data, found);
    return found;
  };
  return withParameters(graph, detach);
}

/** The graph without the elements of its parameters, whose shapes stay: what is asked for its layers and values alone. */
export function withoutWeights(graph: Graph): Graph {
  const none = new Float32Array(0);
  return withParameters(graph, () => none);
}

/** By buffer, the bytes of the parameters in it, each counted once. */
function usedBytes({ nodes }: Graph): Map<ArrayBufferLike, number> {
  const used = new Map<ArrayBufferLike, number>();
  for (const { buffer, byteLength } of new Set(nodes.flatMap(({ params }) => params.map(({ data }) => data))))
    used.set(buffer, (used.get(buffer) ?? 0) + byteLength);
  return used;
}

function copyOf(data: Float32Array): Float32Array {
  const copy = zerosLike(data);
  copy.set(data);
  return copy;
}

function withParameters(graph: Graph, dataOf: (data: Tensor['data']) => Tensor['data']): Graph {
  const nodes = graph.nodes.map((node) => ({
    ...node,
    params: node.params.map((param) => ({ ...param, data: dataOf(param.data) })),
  }));
  return { ...graph, nodes };
}
