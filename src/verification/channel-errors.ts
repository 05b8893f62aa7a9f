import { log2 } from '../math.js';
import { channelAxis, type Layout, type Shape } from '../tensor.js';

/** Sums over the elements of each channel of one value; those of several images can be added. */
export interface ChannelErrors {
  /** Sum of float^2. */
  readonly signal: Float64Array;
  /** Sum of (float - fixed)^2. */
  readonly noise: Float64Array;
  /** The largest |float|. */
  readonly largest: Float64Array;
}

/** Compares float activations with those of the overlay, channel by channel. Summed in double, in order. */
export function measureChannels(
  float: ArrayLike<number>,
  fixed: ArrayLike<number>,
  shape: Shape,
  layout: Layout,
): ChannelErrors {
  const axis = channelAxis(shape.length, layout);
  const channels = shape[axis] ?? 1;
  const inner = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  const [signal, noise, largest] = [0, 0, 0].map(() => new Float64Array(channels)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let i = 0, run = 0; i < float.length; run++) {
    const channel = run % channels;
    let power = 0;
    let error = 0;
    let most = largest[channel]!;
    for (const end = i + inner; i < end; i++) {
      const x = float[i]!;
      const difference = x - fixed[i]!;
      power += x * x;
      error += difference * difference;
      if (Math.abs(x) > most) most = Math.abs(x);
    }
    signal[channel]! += power;
    noise[channel]! += error;
    largest[channel] = most;
  }
  return { signal, noise, largest };
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
