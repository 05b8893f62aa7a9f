import type { Heap } from '../heap.js';
import { type Arguments, both, input, oneOf, output, row, size } from '../row.js';

/** Largest and smallest magnitude of some values. The largest is NaN or infinite where a value is; the smallest ignores NaN. */
export function magnitudeRange(values: Float32Array): { max: number; min: number } {
  let max = 0;
  let min = Infinity;
  for (const value of values) {
    const magnitude = Math.abs(value);
    max = Math.max(max, magnitude);
    if (magnitude < min) min = magnitude;
  }
  return { max, min };
}

/**
 * Adds the magnitudes of `values` to `counts`, one count per bin of width max / counts.length: bin j holds
 * edge(j) <= |x| < edge(j + 1), edge(j) = j * width in double; the last bin has no upper edge (docs/spec/quantizer.md, section 3).
 */
export function countMagnitudes(values: Float32Array, max: number, counts: Uint32Array | Int32Array): void {
  const bins = counts.length;
  const width = max / bins;
  for (const value of values) {
    const magnitude = Math.abs(value);
    let bin = Math.min(bins - 1, Math.floor(magnitude / width));
    while (magnitude < bin * width) bin--;
    while (bin + 1 < bins && magnitude >= (bin + 1) * width) bin++;
    counts[bin]!++;
  }
}

/** Two float32 at `out`: the largest and the smallest |x| of `count` values at `pointer`, as `magnitudeRange` says. */
function absMinMaxF32(heap: Heap, pointer: number, count: number, out: number): void {
  const { max, min } = magnitudeRange(heap.f32(pointer, count));
  heap.f32(out, 2).set([max, min]);
}

/** Adds `count` values at `pointer` to `bins` uint32 counts, as `countMagnitudes` says. 1e-8 < max < infinity, bins <= 2^21, no NaN. */
function histogramF32(heap: Heap, pointer: number, count: number, max: number, bins: number, counts: number): void {
  countMagnitudes(heap.f32(pointer, count), max, heap.i32(counts, bins));
}

/** Values up to `mx` either side of zero: some zero, some `mx`, some the float32 nearest to an edge or a step beside it. */
function aroundEdges(given: Arguments, random: (below: number) => number): number[] {
  const { count, mx, bins } = given as { count: number; mx: number; bins: number };
  return Array.from({ length: count }, () => {
    const kind = random(6);
    const sign = random(2) * 2 - 1;
    if (kind < 2) return sign * mx * kind;
    if (kind < 4) return sign * mx * (random(2 ** 24) / 2 ** 24);
    const edge = Math.fround(random(bins + 1) * (mx / bins)) * (1 + (random(3) - 1) * 2 ** -23);
    return sign * Math.min(edge, mx);
  });
}

export const histogramRows = {
  abs_min_max_f32: row(
    [input('pointer', 'f32', (given) => given['count']!), size('count', 8), output('out', 'f32', 2)],
    absMinMaxF32,
  ),
  histogram_f32: row(
    [
      input('pointer', 'f32', (given) => given['count']!, { fill: aroundEdges }),
      size('count', 8),
      oneOf('mx', 1, Math.fround(1.1e-8), Math.fround(5.3), 151, 2 ** 100, 3.4028234663852886e38),
      oneOf('bins', 1, 2, 7, 129, 5069, 65536),
      both('counts', 'i32', (given) => given['bins']!),
    ],
    histogramF32,
  ),
};
