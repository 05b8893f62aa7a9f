import type { Engine } from '../../kernels/engine.js';

/** The range of magnitudes of some float32 values. Exact: parts merge by max and min. */
export interface MagnitudeRange {
  /** Largest |x|; 0 without values, NaN or infinite where `finite` is false. */
  readonly max: number;
  /** Smallest |x|; infinite without values. */
  readonly min: number;
  /** False where a value is NaN or infinite: no threshold can be found. */
  readonly finite: boolean;
}

/** Range of `count` float32 values at the address `at` of the engine's heap. */
export function absMinMax(engine: Engine, at: number, count: number): MagnitudeRange {
  const out = engine.heap.alloc(8);
  engine.kernels.abs_min_max_f32(at, count, out);
  const [max = Number.NaN, min = Number.NaN] = engine.heap.f32(out, 2);
  engine.heap.free(out);
  return { max, min, finite: Number.isFinite(max) };
}

/**
 * Adds `count` float32 values at the address `at` to `counts`, by magnitude: bin j holds edge(j) <= |x| < edge(j + 1) with
 * edge(j) = j * (max / counts.length) in double, the last bin has no upper edge (`docs/spec/quantizer.md`, section 3). Exact, so parts
 * add up in any order. `max`: finite, above 1e-8, the largest |x| of all parts; no value is NaN. At most 2^32 - 1 values.
 */
export function addHistogram(engine: Engine, at: number, count: number, max: number, counts: Float64Array): void {
  const bins = counts.length;
  const scratch = engine.heap.alloc(bins * 4);
  engine.heap.i32(scratch, bins).fill(0);
  engine.kernels.histogram_f32(at, count, max, bins, scratch);
  const seen = engine.heap.i32(scratch, bins);
  for (let bin = 0; bin < bins; bin++) counts[bin]! += seen[bin]! >>> 0;
  engine.heap.free(scratch);
}

/** How many of `count` float32 values at the address `at` are zero, of either sign. */
export function countZeros(engine: Engine, at: number, count: number): number {
  let zeros = 0;
  for (const value of engine.heap.f32(at, count)) if (value === 0) zeros++;
  return zeros;
}
