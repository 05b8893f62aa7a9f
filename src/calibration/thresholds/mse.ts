import { type BitWidth, CODES } from '../../fixed/grid.js';
import type { ThresholdCurve } from './curve.js';
import { levels } from './divergence/definition.js';
import { binCount } from './divergence/search.js';
import type { Histogram, ThresholdMethod } from './method.js';
import { ThresholdErrors } from './threshold-errors.js';

/**
 * The threshold of least squared error: over candidates t = i * max / bins, i = max(2, floor(bins / 16)) ... bins, the first
 * that minimises `sum of (x < t ? (t / m)^2 / 12 : (x - t)^2)`, x the middle of a magnitude's bin, m the largest code.
 * Magnitudes in the first bin do not count: nearly all are exact zeros, which codes hold exactly. The threshold is `max`
 * where the original's search has no candidates (too few bins, an empty first bin), and at 16 bits.
 * `counts`: numbers per bin of width max / counts.length. Source: `docs/spec/quantizer.md`, section 3.
 */
export function leastSquaresThreshold(counts: ArrayLike<number>, max: number, bits: BitWidth): number {
  const errors = squaredErrors(counts, bits);
  return errors === null ? max : thresholdAt(errors.best(CODES[bits].largest), counts.length, max);
}

/** The errors of all candidates; null where there are none. */
function squaredErrors(counts: ArrayLike<number>, bits: BitWidth): ThresholdErrors | null {
  const bins = counts.length;
  if (bits === 16 || levels(bits) + 1 > bins || counts[0] === 0) return null;
  const errors = new ThresholdErrors({ from: Math.max(2, Math.floor(bins / 16)), to: bins, beyond: [] });
  for (let j = 1; j < bins; j++) if (counts[j]! > 0) errors.add(counts[j]!, j + 0.5);
  return errors;
}

function thresholdAt(candidate: number, bins: number, max: number): number {
  return candidate === bins ? max : candidate * (max / bins);
}

/** The mean squared error of every candidate of {@link leastSquaresThreshold}; null where there are none. */
function leastSquaresCurve(counts: ArrayLike<number>, max: number, bits: BitWidth): ThresholdCurve | null {
  const errors = squaredErrors(counts, bits)?.curve(CODES[bits].largest);
  return errors === undefined ? null : squaredErrorCurve(errors, counts.length, max);
}

/** A curve of squared errors in bins of which `bins` reach up to the largest magnitude. */
export function squaredErrorCurve(
  { candidates, errors, best }: ReturnType<ThresholdErrors['curve']>,
  bins: number,
  max: number,
): ThresholdCurve {
  const width = max / bins;
  return {
    measure: 'mean squared error',
    thresholds: candidates.map((candidate) => thresholdAt(candidate, bins, max)),
    values: errors.map((error) => error * width * width),
    chosen: best,
  };
}

/**
 * Least squared error between values and their codes. At 8 bits from histograms of channels, see `channelThreshold`;
 * at 16 bits nothing is clipped, and where the overlay adds biases to codes, neither are biases and sums without them.
 */
export const mse: ThresholdMethod = {
  bins: ({ max, min, count }, bits) => (bits === 16 ? null : binCount(max, min, count, bits)),
  threshold: ({ counts }: Histogram, { max }, bits) => leastSquaresThreshold(counts, max, bits),
  curve: ({ counts }, { max }, bits) => leastSquaresCurve(counts, max, bits),
  channels: (biasOnCode) => ({ statistics: { 8: 'histograms', 16: biasOnCode ? 'extremes' : null }, biasOnCode }),
};

/**
 * Least squared error between a layer's results and what the overlay makes of them, in search of the threshold of the output and
 * of those of the weights. At 16 bits, and where the overlay scales before it clips (v3), as {@link mse}.
 */
export const search: ThresholdMethod = { ...mse, emulated: true };
