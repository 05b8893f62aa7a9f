import { fail } from '../../error.js';
import { curveOf, type ThresholdCurve } from './curve.js';
import type { ThresholdMethod } from './method.js';

/** Fewest bins: the threshold is within a thousandth of the maximum. */
const LEAST_BINS = 1024;

/**
 * The smallest upper edge of a bin, `j * max / bins`, j = 1 ... bins, below which there are `percent` of all magnitudes,
 * zeros included. `counts`: integers per bin of width max / counts.length.
 */
function percentileThreshold(counts: ArrayLike<number>, max: number, percent: number): number {
  return edgeOf(percentileEdge(counts, percent), counts.length, max);
}

/** The number of the edge. */
function percentileEdge(counts: ArrayLike<number>, percent: number): number {
  const bins = counts.length;
  let total = 0;
  for (let j = 0; j < bins; j++) total += counts[j]!;
  let [below, edge] = [counts[0]!, 1];
  while (edge < bins && below * 100 < percent * total) below += counts[edge++]!;
  return edge;
}

function edgeOf(edge: number, bins: number, max: number): number {
  return edge === bins ? max : edge * (max / bins);
}

/** The share of elements beyond each edge. */
function clippedShares(counts: ArrayLike<number>, max: number, percent: number): ThresholdCurve {
  const bins = counts.length;
  const below = cumulativeCounts(counts);
  const total = below[bins] ?? 0;
  return curveOf(
    'clipped share',
    [1, bins, percentileEdge(counts, percent)],
    (edge) => edgeOf(edge, bins, max),
    (edge) => (total - (below[edge] ?? 0)) / total,
  );
}

/** At index j the elements of the first j bins. */
function cumulativeCounts(counts: ArrayLike<number>): Float64Array {
  const below = new Float64Array(counts.length + 1);
  for (let j = 0; j < counts.length; j++) below[j + 1] = below[j]! + counts[j]!;
  return below;
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
    curve: ({ counts }, { max }) => clippedShares(counts, max, percent),
  };
}
