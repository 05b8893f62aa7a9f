import { curveOf } from './curve.js';
import { cumulative, levels, divergence as measure } from './divergence/definition.js';
import { binCount, searchThreshold } from './divergence/search.js';
import type { ThresholdMethod } from './method.js';

/**
 * The original's method: the threshold at which the cumulative distribution of magnitudes, cut there and resampled to
 * the number of codes, diverges least from itself. Source: `docs/spec/quantizer.md`, section 3.
 */
export const divergence: ThresholdMethod = {
  bins: ({ max, min, count }, bits) => binCount(max, min, count, bits),
  threshold: ({ counts }, { max, count }, bits) => searchThreshold(counts, count, max, bits).threshold,
  curve({ counts }, { max, count }, bits) {
    const { bin } = searchThreshold(counts, count, max, bits);
    if (bin === undefined) return null;
    const [c, n] = [cumulative(counts, count), levels(bits)];
    const thresholdOf = (i: number): number => (i + 0.5) * (max / counts.length);
    return curveOf('divergence', [n + 1, counts.length, bin], thresholdOf, (i) => measure(c, i, n));
  },
};
