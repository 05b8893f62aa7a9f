import { fail } from '../error.js';
import { describe, type GraphNode } from '../graph/graph.js';
import type { Statistics } from './field.js';

/** The statistics, or an error that names layer and image where a value is not finite. */
export function checkFinite(node: GraphNode, statistics: Statistics): Statistics {
  if (statistics.bad < 0) return statistics;
  return fail('data', describe(node), `image ${statistics.bad + 1} of the calibration batch gives NaN or infinity.`, 'Check the preprocessing flags and the weights.');
}
