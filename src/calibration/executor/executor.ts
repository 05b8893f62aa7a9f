import type { Requantization } from '../../kernels/overlay-epilogue.js';
import type { CodesForm, Step, StoredForm, ThresholdId } from '../step.js';
import type { Histogram } from '../thresholds/method.js';
import type { ChannelRange, ChannelRequest } from './channels.js';
import type { Statistics } from './statistics.js';

/** A weighted layer as an overlay runs it: the thresholds of its weights, and how its sums become codes. */
export interface OverlayLayer {
  readonly thresholds: readonly number[];
  readonly end: Requantization;
}

/** The number of a threshold, for weights one for each output channel, for a layer that is emulated all that it takes. */
export type BoundThreshold = readonly [id: ThresholdId, threshold: number | readonly number[] | OverlayLayer];

/** Asks for the counts of |x| over stored forms taken together (`docs/spec/quantizer.md`, section 3, step 2). */
export interface HistogramRequest {
  readonly forms: readonly StoredForm[];
  /** The largest magnitude, above 1e-8. */
  readonly max: number;
  /** Bin j holds j * (max / bins) <= |x| < (j + 1) * (max / bins), the last bin max too. */
  readonly bins: number;
  readonly countZeros: boolean;
}

/** A way in which an overlay may finish a layer's sums: codes of 8 bits with the grid step `step`. */
export interface LayerEnd {
  readonly end: Requantization;
  readonly step: number;
}

/** Thresholds of a layer's weights, one for each output channel, and ways to finish the sums on these grids. */
export interface LayerCandidate {
  readonly thresholds: readonly number[];
  readonly ends: readonly LayerEnd[];
}

/** Asks for the errors that an overlay makes in a weighted layer of 8 bits, for candidates of its grids. */
export interface LayerErrorRequest {
  readonly node: number;
  /** The activation behind the layer; null: none. */
  readonly activation: number | null;
  readonly input: CodesForm;
  /** The largest magnitude of each output channel's weights. */
  readonly largest: readonly number[];
  /** The unit of errors, above 0. */
  readonly unit: number;
  readonly candidates: readonly LayerCandidate[];
  /** Whether the layer is asked for no more with this activation and unit. Until then its samples are kept. */
  readonly isLast: boolean;
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
  channelCounts(asked: readonly ChannelRequest[]): Promise<Uint32Array[]>;
  /** Errors of weighted layers on the overlay, [candidate][end][channel]. */
  layerErrors(asked: readonly LayerErrorRequest[]): Promise<Float64Array[]>;
}
