import { fail } from '../../error.js';
import type { ThresholdMethod } from './method.js';

/** Fewest bins: the threshold is within a thousandth of the maximum. */
const LEAST_BINS = 1024;

/**
 * The smallest upper edge of a bin, `j * max / bins`, j = 1 ... bins, below which there are `percent` of all magnitudes,
 * zeros included. `counts`: integers per bin of width max / counts.length.
 */
function percentileThreshold(counts: ArrayLike<number>, max: number, percent: number): number {
  const bins = counts.length;
  let total = 0;
  for (let j = 0; j < bins; j++) total += counts[j]!;
  let [below, edge] = [counts[0]!, 1];
  while (edge < bins && below * 100 < percent * total) below += counts[edge++]!;
  return edge === bins ? max : edge * (max / bins);
}

/** The smallest threshold that clips at most 100 - `percent` of the elements, at both widths. Throws `usage` unless 0 < percent <= 100. */
export function percentile(percent: number): ThresholdMethod {
  if (!(percent > 0 && percent <= 100))
    fail(
      'usage',
      'percentile',
      `expected a share of the elements above 0 and at most 100 %, got ${percent}.`,
      'For example percentile:99.99.',
    );
  return {
    bins: ({ max, min, count }) => (max === min ? null : Math.max(LEAST_BINS, Math.ceil(Math.sqrt(count)))),
    threshold: ({ counts }, { max }) => percentileThreshold(counts, max, percent),
  };
}
