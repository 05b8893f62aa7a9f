import { log2 } from '../math.js';
import { channelAxis, type Layout, type Shape } from '../tensor.js';

/** The largest difference, its position, and both values. */
export interface LargestError {
  readonly error: number;
  /** Number of the image in its batch. */
  readonly image: number;
  /** Offset of the element in its value. */
  readonly index: number;
  readonly float: number;
  readonly fixed: number;
}

/** Sums over elements, from which signal-to-noise ratio and cosine follow; those of several images can be added. */
export interface ErrorSum {
  /** Sum of float^2. */
  readonly signal: number;
  /** Sum of (float - fixed)^2. */
  readonly noise: number;
  /** Sum of float * fixed. */
  readonly product: number;
  /** Sum of fixed^2. */
  readonly power: number;
  /** Null where all elements agree. */
  readonly largest: LargestError | null;
}

export const noError: ErrorSum = { signal: 0, noise: 0, product: 0, power: 0, largest: null };

/** Compares float activations with those of the overlay, both in the unit of the activations. Summed in double, in order. */
export function measureError(float: ArrayLike<number>, fixed: ArrayLike<number>, image = 0): ErrorSum {
  let signal = 0;
  let noise = 0;
  let product = 0;
  let power = 0;
  let error = 0;
  let index = -1;
  for (let i = 0; i < float.length; i++) {
    const x = float[i]!;
    const y = fixed[i]!;
    const difference = x - y;
    signal += x * x;
    noise += difference * difference;
    product += x * y;
    power += y * y;
    const size = Math.abs(difference);
    if (size > error) {
      error = size;
      index = i;
    }
  }
  const largest = index < 0 ? null : { error, image, index, float: float[index]!, fixed: fixed[index]! };
  return { signal, noise, product, power, largest };
}

/** Sums of two sets of elements; of equally large errors the first is kept. Add images in their order: doubles round. */
export function addErrors(a: ErrorSum, b: ErrorSum): ErrorSum {
  return {
    signal: a.signal + b.signal,
    noise: a.noise + b.noise,
    product: a.product + b.product,
    power: a.power + b.power,
    largest: b.largest === null || (a.largest !== null && a.largest.error >= b.largest.error) ? a.largest : b.largest,
  };
}

const DECIBELS_PER_OCTAVE = 3.010299956639812;

/** Signal-to-quantization-noise ratio in dB; Infinity without noise, -Infinity where there is noise and no signal. */
export function sqnr({ signal, noise }: ErrorSum): number {
  if (noise === 0) return Infinity;
  return signal === 0 ? -Infinity : DECIBELS_PER_OCTAVE * log2(signal / noise);
}

/** Cosine of the angle between both; 1 where both are zero, 0 where one is. */
export function cosine({ signal, product, power }: ErrorSum): number {
  if (signal === 0 || power === 0) return signal === power ? 1 : 0;
  return Math.min(1, product / (Math.sqrt(signal) * Math.sqrt(power)));
}

/** The position of an element in an activation. A value without rows and columns has them at 0. */
export interface Position {
  readonly channel: number;
  readonly row: number;
  readonly column: number;
}

/** The position of an element by its offset; axes beside the channels count as rows, the last of them as columns. */
export function positionOfElement(index: number, shape: Shape, layout: Layout): Position {
  const axis = channelAxis(shape.length, layout);
  const inner = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  const channel = Math.floor(index / inner) % (shape[axis] ?? 1);
  const rest = layout === 'NHWC' && axis > 1 ? Math.floor(index / (shape[axis] ?? 1)) : index % inner;
  const spatial = layout === 'NHWC' ? shape.slice(1, axis) : shape.slice(axis + 1);
  const width = spatial.at(-1) ?? 1;
  return { channel, row: Math.floor(rest / width), column: rest % width };
}
