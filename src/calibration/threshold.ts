import { ZERO } from '../fixed/grid.js';
import { largestCode } from '../fixed/rounding.js';
import type { HistogramOf, Ref, Statistics } from './field.js';
import { binCount, searchThreshold } from './threshold-search.js';

/** A blob over the calibration batch: the stored forms it is made of, their statistics, and its bit width. */
export interface Blob {
  readonly refs: readonly Ref[];
  readonly statistics: Statistics;
  readonly bw: number;
}

/**
 * The thresholds of blobs (QUANTIZER.md, section 3), from their statistics and, where those do not settle them, from
 * histograms, which are asked for together.
 */
export async function findThresholds(
  blobs: readonly Blob[],
  histograms: (asked: readonly HistogramOf[]) => Promise<Float64Array[]>,
): Promise<number[]> {
  const bins = blobs.map(({ statistics: { max, min, count }, bw }) =>
    max <= ZERO ? null : binCount(max, min, count, bw),
  );
  const asked = blobs.flatMap(({ refs, statistics: { max } }, i) =>
    bins[i] === null ? [] : [{ refs, max, bins: bins[i]! }],
  );
  const counts = asked.length === 0 ? [] : await histograms(asked);
  return blobs.map(({ statistics: { max, count }, bw }, i) => {
    if (max <= ZERO) return 0;
    return bins[i] === null ? max : searchThreshold(counts.shift()!, count, max, bw).threshold;
  });
}

/** The smallest threshold of at least `th` whose grid step is a power of two: `2^ceil(log2(th / m)) * m`. */
export function powerOfTwoThreshold(th: number, bw: number): number {
  if (th === 0) return 0;
  const m = largestCode(bw);
  let step = 1;
  while (step < th / m) step *= 2;
  while (step / 2 >= th / m) step /= 2;
  return step * m;
}
