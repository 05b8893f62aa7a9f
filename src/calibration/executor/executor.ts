import type { Step, StoredForm, ThresholdId } from '../step.js';
import type { Histogram } from '../thresholds/method.js';
import type { ChannelRange, ChannelRequest } from './channels.js';
import type { Statistics } from './statistics.js';

/** The number of a threshold, or for weights one for each output channel. */
export type BoundThreshold = readonly [id: ThresholdId, threshold: number | readonly number[]];

/** Asks for the counts of |x| over stored forms taken together (`docs/spec/quantizer.md`, section 3, step 2). */
export interface HistogramRequest {
  readonly forms: readonly StoredForm[];
  /** The largest magnitude, above 1e-8. */
  readonly max: number;
  /** Bin j holds j * (max / bins) <= |x| < (j + 1) * (max / bins), the last bin max too. */
  readonly bins: number;
  readonly countZeros: boolean;
}

/**
 * Holds the stored forms of every image of the calibration batch, in this thread, in workers or in a temporary file,
 * and runs each step on all of them. Results do not depend on how the images are spread.
 */
export interface CalibrationExecutor {
  /** Gives thresholds their numbers. A threshold is bound once, before the first step that uses it. */
  bind(thresholds: readonly BoundThreshold[]): void;
  /**
   * Runs steps one after the other; resolves to the statistics of the raw form that each wrote, of no elements if it
   * wrote none. An `input` step comes first.
   */
  run(steps: readonly Step[]): Promise<Statistics[]>;
  /** Statistics of several groups of stored forms, the forms of a group taken together. */
  statistics(asked: readonly (readonly StoredForm[])[]): Promise<Statistics[]>;
  histograms(asked: readonly HistogramRequest[]): Promise<Histogram[]>;
  /** The range of each channel of stored forms. */
  channelRanges(forms: readonly StoredForm[]): Promise<ChannelRange[]>;
  /** Counts of each channel, [channel][bin]. */
  channelCounts(asked: readonly ChannelRequest[]): Promise<Float64Array[]>;
}
