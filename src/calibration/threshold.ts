import type { Statistics } from './field.js';
import { ZERO } from '../fixed/grid.js';
import { binCount, searchThreshold } from './threshold-search.js';

/**
 * The threshold of one blob over the calibration batch (QUANTIZER.md, section 3), from its statistics and, where
 * they do not settle it, from a histogram that is only then asked for.
 */
export async function findThreshold(statistics: Statistics, bw: number, histogram: (max: number, bins: number) => Promise<Float64Array>): Promise<number> {
  const { max, min, count } = statistics;
  if (max <= ZERO) return 0;
  const bins = binCount(max, min, count, bw);
  if (bins === null) return max;
  return searchThreshold(await histogram(max, bins), count, max, bw).threshold;
}
