import { isBitWidth } from '../fixed/grid.js';
import { exactParams, LEAST_SHARE, type ScalingEntry } from '../scaling/index.js';

/**
 * The thresholds that an entry's weights have where its multipliers are exact: the largest weights of its channels, raised
 * as `docs/spec/quantizer.md`, section 6 says. The largest weights themselves where the entry's widths are no widths.
 */
export function raisedThresholds(entry: ScalingEntry, largest: readonly number[]): readonly number[] {
  const { bw_layer_in, bw_layer_out, bw_params = bw_layer_in } = entry;
  if (![bw_layer_in, bw_layer_out, bw_params].every(isBitWidth)) return largest;
  const params = { bw_params, th_params: largest, channels: largest.length };
  return exactParams({ ...entry, ...params, form: 'Convolution', area: 1 });
}

/** Whether an entry's thresholds of weights are these, for each channel as they are, raised for an exact multiplier, or half of that. */
export function hasThresholds(
  entry: ScalingEntry,
  largest: readonly number[],
  isSame: (threshold: number, expected: number) => boolean,
): boolean {
  const { th_params: thresholds = [] } = entry;
  if (thresholds.length !== largest.length) return false;
  if (largest.every((weight, c) => isSame(thresholds[c] ?? NaN, weight))) return true;
  const raised = raisedThresholds(entry, largest);
  return largest.every((weight, c) =>
    thresholdsOf(weight, raised[c] ?? NaN).some((threshold) => isSame(thresholds[c] ?? NaN, threshold)),
  );
}

/** The thresholds that a channel's weights can have: the largest weight, that raised for an exact multiplier, or half of the raised one. */
export function thresholdsOf(largest: number, raised: number): number[] {
  return raised / 2 >= LEAST_SHARE * largest ? [largest, raised, raised / 2] : [largest, raised];
}
