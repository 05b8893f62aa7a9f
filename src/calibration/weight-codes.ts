import { weightRows } from '../analysis/weights.js';
import type { GraphNode } from '../graph/graph.js';
import type { Engine } from '../kernels/engine.js';
import { gridOf } from './grid-kernels.js';

/** Codes of the weights, [output channel][k]; a channel whose threshold counts as zero (at most 1e-8) is all 0. */
export function weightCodes(
  { heap, kernels }: Engine,
  node: GraphNode,
  thParams: readonly number[],
  bw: number,
): Int16Array {
  const rows = weightRows(node);
  const k = rows.length / thParams.length;
  const codes = new Int16Array(rows.length);
  // One channel at a time: the heap never shrinks, and the largest matrices have 100 million elements.
  const [from, to] = [heap.alloc(k * 4), heap.alloc(k * 2)];
  thParams.forEach((th, c) => {
    heap.f32(from, k).set(rows.subarray(c * k, (c + 1) * k));
    kernels.quantize_i16(from, to, k, ...gridOf(th, bw));
    codes.set(heap.i16(to, k), c * k);
  });
  [from, to].forEach((pointer) => heap.free(pointer));
  return codes;
}
