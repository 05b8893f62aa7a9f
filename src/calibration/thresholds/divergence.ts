import { binCount, searchThreshold } from './divergence/search.js';
import type { ThresholdMethod } from './method.js';

/**
 * The original's method: the threshold at which the cumulative distribution of magnitudes, cut there and resampled to the
 * number of codes, diverges least from itself. Source: `docs/spec/quantizer.md`, section 3.
 */
export const divergence: ThresholdMethod = {
  bins: ({ max, min, count }, bits) => binCount(max, min, count, bits),
  threshold: ({ counts }, { max, count }, bits) => searchThreshold(counts, count, max, bits).threshold,
};
