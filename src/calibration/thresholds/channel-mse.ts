import { CODES } from '../../fixed/grid.js';
import { biasOf, type ChannelBias, coverOf } from './cover.js';
import type { ThresholdCurve } from './curve.js';
import { squaredErrorCurve } from './mse.js';
import { ThresholdErrors } from './threshold-errors.js';

/** Bins for results of one sign. */
export const CHANNEL_BINS = 512;

/** The ratio of neighbouring candidates beyond the largest magnitude. */
const GROWTH = 1.06;

/** The magnitude of an element that stands for those of other images, in units of the largest magnitude: it ends a bin. */
const OUTLIER = 1.25;

/** Histograms of the results of a layer's channels, behind the activation, in bins that all channels share. */
export interface ChannelHistograms extends ChannelBias {
  readonly channels: number;
  /** Integers, [channel][bin]; results of exactly 0 are not counted. */
  readonly counts: ArrayLike<number>;
  /** The lower edge of the first bin: 0, or minus the largest magnitude where a result is negative. */
  readonly low: number;
  /** The importance of an error in each channel, at least 0; null: 1 for all. */
  readonly importance: ArrayLike<number> | null;
}

/**
 * The 8-bit threshold of least squared error of layers whose results share a grid, as {@link leastSquaresThreshold}, with an
 * importance for each channel, and with the bias where the overlay adds it after clipping (v2). With t a result, b its bias:
 * the overlay computes `clip(clip(t - b) + clip(b))`, which is t from T = max(|t|, |t - b|, |b|) on, and else differs from
 * t by `min(max(|t|, |t - b|, |b|) - T, |t|)`. The code of b has a rounding error of its own. Candidates: max / 512 * i,
 * i = 32 ... 512, then 1.06 times the one before until nothing is clipped. `max`: the largest magnitude of all results, above 0.
 * Results of 0 carry no error. `hasOutlier`: one more result of 1.25 max and of mean importance counts; i up to 640 then.
 */
export function channelThreshold(layers: readonly ChannelHistograms[], max: number, hasOutlier = false): number {
  const best = channelErrors(layers, max, hasOutlier).best(CODES[8].largest);
  return best === CHANNEL_BINS ? max : best * (max / CHANNEL_BINS);
}

/** The mean squared error, by importance, of every candidate of {@link channelThreshold}. */
export function channelCurve(layers: readonly ChannelHistograms[], max: number, hasOutlier = false): ThresholdCurve {
  return squaredErrorCurve(channelErrors(layers, max, hasOutlier).curve(CODES[8].largest), CHANNEL_BINS, max);
}

function channelErrors(layers: readonly ChannelHistograms[], max: number, hasOutlier: boolean): ThresholdErrors {
  const width = max / CHANNEL_BINS;
  const to = hasOutlier ? CHANNEL_BINS * OUTLIER : CHANNEL_BINS;
  const errors = new ThresholdErrors({
    from: CHANNEL_BINS / 16,
    to,
    beyond: beyondMaximum(layers, width).filter((candidate) => candidate > to),
  });
  for (const layer of layers) addLayer(errors, layer, width);
  if (hasOutlier) errors.add(meanImportance(layers), to);
  return errors;
}

/** The mean importance of all channels. */
function meanImportance(layers: readonly ChannelHistograms[]): number {
  let [sum, count] = [0, 0];
  for (const { channels, importance } of layers) {
    for (let c = 0; c < channels; c++) sum += importance?.[c] ?? 1;
    count += channels;
  }
  return sum / count;
}

/** Candidates, in bins, from the largest magnitude up to the largest cover there can be. */
function beyondMaximum(layers: readonly ChannelHistograms[], width: number): number[] {
  const biases = layers.flatMap(({ bias }) => (bias === null ? [] : Array.from(bias, Math.abs)));
  const largest = biases.reduce((most, bias) => Math.max(most, bias), 0) / width;
  const beyond: number[] = [];
  for (let t = CHANNEL_BINS * GROWTH; largest > 0 && t < (CHANNEL_BINS + largest) * GROWTH; t *= GROWTH) beyond.push(t);
  return beyond;
}

function addLayer(errors: ThresholdErrors, layer: ChannelHistograms, width: number): void {
  const { channels, counts, low, importance } = layer;
  const bins = counts.length / channels;
  const first = low / width;
  for (let c = 0; c < channels; c++) {
    const weight = importance?.[c] ?? 1;
    const [positive, negative] = [biasOf(layer, c, 1) / width, biasOf(layer, c, -1) / width];
    let [above, below] = [0, 0];
    for (let j = 0; j < bins; j++) {
      const count = counts[c * bins + j]!;
      if (count === 0) continue;
      const t = first + j + 0.5;
      if (t < 0) below += count;
      else above += count;
      errors.add(count * weight, Math.abs(t), coverOf(t, t < 0 ? negative : positive));
    }
    if (positive !== 0 && above > 0) errors.addBias(above * weight, positive);
    if (negative !== 0 && below > 0) errors.addBias(below * weight, negative);
  }
}
