import { weightRows } from '../../analysis/weights.js';
import type { BitWidth } from '../../fixed/grid.js';
import type { GraphNode } from '../../graph/graph.js';
import type { Engine } from '../../kernels/engine.js';
import { kernelGrid } from './grid-kernels.js';

/**
 * Codes of a layer's weights, [output channel][k], each channel on the grid of its own threshold. A channel whose threshold
 * counts as zero (at most 1e-8) is all 0.
 */
export function weightCodes(
  { heap, kernels }: Engine,
  node: GraphNode,
  thresholds: readonly number[],
  bits: BitWidth,
): Int16Array {
  const rows = weightRows(node);
  const k = rows.length / thresholds.length;
  const codes = new Int16Array(rows.length);
  // One channel at a time: the heap never shrinks, and the largest matrices have 100 million elements.
  const [from, to] = [heap.alloc(k * 4), heap.alloc(k * 2)];
  thresholds.forEach((threshold, c) => {
    heap.f32(from, k).set(rows.subarray(c * k, (c + 1) * k));
    kernels.quantize_i16(from, to, k, ...kernelGrid({ threshold, bits }));
    codes.set(heap.i16(to, k), c * k);
  });
  for (const pointer of [from, to]) heap.free(pointer);
  return codes;
}
