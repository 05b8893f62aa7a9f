import type { BitWidth } from '../../fixed/grid.js';
import type { ChannelOptions } from '../plan.js';
import type { ThresholdCurve } from './curve.js';

/** Magnitudes |x| of all elements of a blob over the calibration batch. */
export interface Magnitudes {
  /** The largest: finite, above 1e-8. */
  readonly max: number;
  /** The smallest. */
  readonly min: number;
  /** Number of elements, at least 1. */
  readonly count: number;
}

/** Counts of magnitudes by bin; see `HistogramRequest` for the bins' edges. */
export interface Histogram {
  /** One integer for each bin; they add up to the number of elements. */
  readonly counts: Float64Array;
  /** Elements that are exactly zero, which are in the first bin too. 0 where the method does not ask for them. */
  readonly zeros: number;
}

/**
 * A way to find the threshold of a blob of activations. Pure functions, in double. They are not called for a blob whose
 * largest magnitude counts as zero: its threshold is 0.
 */
export interface ThresholdMethod {
  /** Number of bins of the histogram that `threshold` needs; null: the threshold is the largest magnitude. */
  bins(magnitudes: Magnitudes, bits: BitWidth): number | null;
  /** The threshold, in the unit of the magnitudes, finite and above 0, for codes of `bits` bits. */
  threshold(histogram: Histogram, magnitudes: Magnitudes, bits: BitWidth): number;
  /** What `threshold` compares, for the same arguments; null where it compares nothing. Asked for only where somebody wants to see it. */
  curve?(histogram: Histogram, magnitudes: Magnitudes, bits: BitWidth): ThresholdCurve | null;
  /** Whether `threshold` reads `zeros`, which takes a pass over the elements. */
  readonly countsZeros?: boolean;
  /** Whether thresholds of weighted layers are searched further, by their errors on an overlay that clips before it scales. */
  readonly emulated?: boolean;
  /** Where a plan has them, thresholds are found from these statistics of channels instead. `biasOnCode`: as in a plan. */
  readonly channels?: (biasOnCode: boolean) => ChannelOptions;
}
