import { type BitWidth, CODES } from '../../fixed/grid.js';
import type { Codes } from '../../kernels/codes.js';
import type { Engine } from '../../kernels/engine.js';
import { quantize } from './grid-kernels.js';

/**
 * Codes of weights, [output channel][k], each channel on the grid of its own threshold, in the narrowest type. A channel whose
 * threshold counts as zero (at most 1e-8) is all 0.
 */
export function weightCodes(engine: Engine, rows: Float32Array, thresholds: readonly number[], bits: BitWidth): Codes {
  const { heap } = engine;
  const { array, bytes, element } = CODES[bits];
  const k = rows.length / thresholds.length;
  const codes = new array(rows.length);
  // One channel at a time: the heap never shrinks, and the largest matrices have 100 million elements.
  const [from, to] = [heap.alloc(k * 4), heap.alloc(k * bytes)];
  thresholds.forEach((threshold, c) => {
    heap.f32(from, k).set(rows.subarray(c * k, (c + 1) * k));
    quantize(engine, from, to, k, { threshold, bits });
    codes.set(heap[element](to, k), c * k);
  });
  for (const pointer of [from, to]) heap.free(pointer);
  return codes;
}
