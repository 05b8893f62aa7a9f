import { cumulative, divergence, levels } from '../calibration/thresholds/divergence/definition.js';
import { CODES } from '../fixed/grid.js';
import { BINS_TO_THRESHOLD } from '../verification/activation-ranges.js';

/** What another threshold would cost on the images of a histogram. */
export interface ThresholdPoint {
  /** The threshold, in bins of the histogram. */
  readonly bin: number;
  /** Mean squared error, in the square of a bin. */
  readonly squared: number;
  /** Divergence of the original's search; null where it has no such candidate, and at 16 bits. */
  readonly divergence: number | null;
}

/** The curves of two threshold methods, and the point that each would choose among these. */
export interface ThresholdCurves {
  readonly points: readonly ThresholdPoint[];
  readonly leastSquared: number;
  readonly leastDivergence: number | null;
}

/** Points of a curve at most. */
const POINTS = 72;

/**
 * Squared error and divergence for thresholds from a quarter of the histogram's to its end. What is rounded has an error that is
 * uniform over a step, what is clipped has the whole excess; the first bin, nearly all zeros, does not count in the squared error.
 * Source: docs/spec/quantizer.md, sections 3.4 and 3.10.
 */
export function thresholdCurves(histogram: readonly number[], bits: 8 | 16): ThresholdCurves {
  const first = BINS_TO_THRESHOLD / 4 + 1;
  const step = Math.max(1, Math.floor((histogram.length - first) / POINTS));
  const bins = Array.from({ length: Math.floor((histogram.length - first) / step) + 1 }, (_, k) => first + k * step);
  const divergenceAt = divergences(histogram, bits);
  const points = bins.map((bin) => ({
    bin,
    squared: squaredError(histogram, bin, bits),
    divergence: divergenceAt(bin),
  }));
  return {
    points,
    leastSquared: least(points, ({ squared }) => squared) ?? BINS_TO_THRESHOLD,
    leastDivergence: least(points, (point) => point.divergence),
  };
}

function squaredError(histogram: readonly number[], bin: number, bits: 8 | 16): number {
  const rounding = (bin / CODES[bits].largest) ** 2 / 12;
  let [sum, total] = [0, 0];
  for (const [j, count] of histogram.entries()) {
    total += count;
    const middle = j + 0.5;
    if (j > 0) sum += count * (middle < bin ? rounding : (middle - bin) ** 2);
  }
  return total === 0 ? 0 : sum / total;
}

/** The divergence of a candidate. The original has none where the first bin is empty, and 2^15 levels are more than the bins. */
function divergences(histogram: readonly number[], bits: 8 | 16): (bin: number) => number | null {
  const total = histogram.reduce((sum, count) => sum + count, 0);
  const [n, counts] = [levels(bits), cumulative(histogram, total)];
  if (histogram[0] === 0 || total === 0) return () => null;
  return (bin) => (bin > n && bin <= histogram.length ? divergence(counts, bin, n) : null);
}

/** The first point of the least cost. */
function least(points: readonly ThresholdPoint[], cost: (point: ThresholdPoint) => number | null): number | null {
  let [found, lowest]: [number | null, number] = [null, Infinity];
  for (const point of points) {
    const value = cost(point);
    if (value !== null && value < lowest) [found, lowest] = [point.bin, value];
  }
  return found;
}
