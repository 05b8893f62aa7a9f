import { log2 } from '../math.js';

/** Sums over the elements of each channel of one value; those of several images can be added. */
export interface ChannelErrors {
  /** Sum of float^2. */
  readonly signal: Float64Array;
  /** Sum of (float - fixed)^2. */
  readonly noise: Float64Array;
  /** The largest |float|. */
  readonly largest: Float64Array;
}

/** Sums of two sets of elements. Add images in their order: doubles round. */
export function addChannels(a: ChannelErrors, b: ChannelErrors): ChannelErrors {
  const add = (x: Float64Array, y: Float64Array): Float64Array => x.map((value, c) => value + (y[c] ?? 0));
  return {
    signal: add(a.signal, b.signal),
    noise: add(a.noise, b.noise),
    largest: a.largest.map((value, c) => Math.max(value, b.largest[c] ?? 0)),
  };
}

const DECIBELS_PER_OCTAVE = 3.010299956639812;

/** Signal-to-quantization-noise ratio in dB of each channel that has a signal; Infinity without noise. */
export function channelRatios({ signal, noise }: ChannelErrors): number[] {
  return [...signal].flatMap((power, c) => {
    if (power === 0) return [];
    const error = noise[c] ?? 0;
    return [error === 0 ? Infinity : DECIBELS_PER_OCTAVE * log2(power / error)];
  });
}

/** The middle of some numbers, the lower of two; undefined where there are none. */
export function median(numbers: readonly number[]): number | undefined {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1];
}
