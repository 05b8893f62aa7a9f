import { channelAxis, type Layout, type Shape } from '../tensor.js';

/** What some images look like in float at one value of a network. */
export interface ActivationRange {
  readonly least: number;
  readonly greatest: number;
  /** The largest magnitude of each channel. */
  readonly channels: readonly number[];
  /** Counts of magnitudes in bins of a width of threshold / {@link BINS_TO_THRESHOLD}; null where there is no threshold. */
  readonly histogram: readonly number[] | null;
}

/** Bins of a histogram from 0 to the threshold. */
export const BINS_TO_THRESHOLD = 512;
/** Bins of a histogram: what is beyond is counted in the last. */
const MOST_BINS = 8 * BINS_TO_THRESHOLD;

/** Measures the range of a value, image by image. */
export class RangeMeter {
  private least = Infinity;
  private greatest = -Infinity;
  private readonly channels: Float64Array;
  private readonly inner: number;
  private readonly counts: Float64Array | null;

  /** `threshold`: of the value's codes, which the histogram's bins are a part of; null where it has none. */
  constructor(
    shape: Shape,
    layout: Layout,
    private readonly threshold: number | null,
  ) {
    const axis = channelAxis(shape.length, layout);
    this.channels = new Float64Array(shape[axis] ?? 1);
    this.inner = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
    this.counts = threshold !== null && threshold > 0 ? new Float64Array(MOST_BINS) : null;
  }

  /** Adds one image. */
  add(data: Float32Array): void {
    const perThreshold = BINS_TO_THRESHOLD / (this.threshold ?? 1);
    for (let i = 0, run = 0; i < data.length; run++) {
      const channel = run % this.channels.length;
      for (const end = i + this.inner; i < end; i++) {
        const value = data[i]!;
        const magnitude = Math.abs(value);
        if (value < this.least) this.least = value;
        if (value > this.greatest) this.greatest = value;
        if (magnitude > this.channels[channel]!) this.channels[channel] = magnitude;
        if (this.counts !== null) this.counts[Math.min(MOST_BINS - 1, Math.floor(magnitude * perThreshold))]!++;
      }
    }
  }

  /** What was measured so far. */
  get range(): ActivationRange {
    const { least, greatest, counts } = this;
    return { least, greatest, channels: [...this.channels], histogram: counts === null ? null : [...counts] };
  }
}
