import { zerosLike } from '../tensor.js';
import type { Graph } from './graph.js';
import { mapParameters } from './map-parameters.js';

/** The share of a buffer's bytes from which weights keep it. */
const WORTH_KEEPING = 0.5;

/**
 * The graph with its parameters apart from buffers of which they use little, so that the rest of these can be collected: of a file
 * whose other weights were folded into new arrays. What is copied is shared where it was.
 */
export function detachWeights(graph: Graph): Graph {
  const used = usedBytes(graph);
  const isKept = ({ buffer }: Float32Array): boolean => (used.get(buffer) ?? 0) >= WORTH_KEEPING * buffer.byteLength;
  return mapParameters(graph, (data) => (isKept(data) ? data : copyOf(data)));
}

/** The graph without the elements of its parameters, whose shapes stay: what is asked for its layers and values alone. */
export function withoutWeights(graph: Graph): Graph {
  const none = new Float32Array(0);
  return mapParameters(graph, () => none);
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
