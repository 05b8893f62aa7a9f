import { sharedFloats } from '../tensor.js';
import type { Graph } from './graph.js';
import { mapParameters } from './map-parameters.js';

/**
 * The graph with its parameters in shared memory, so that all threads see one copy. Parameters in shared memory stay
 * where they are. Without shared memory (a page that is not isolated from others) the result is the graph itself.
 */
export function shareWeights(graph: Graph): Graph {
  return typeof SharedArrayBuffer === 'function' ? mapParameters(graph, sharedFloats) : graph;
}
