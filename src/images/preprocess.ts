import { elements, strides } from '../tensor.js';
import { type Image, toGray } from './image.js';
import type { Preprocessing } from './preprocessing-options.js';
import { resize } from './resize.js';

/**
 * An image as the network's input: resized, transposed, channels swapped, `* rawScale`, `- meanValue`, `* inputScale`, each
 * rounded to float32. A colour image is reduced to grey for a network of one channel, a grey one tiled for three.
 */
export function preprocessImage(image: Image, options: Preprocessing): Float32Array {
  const [channels, height, width] = options.dims as [number, number, number];
  const source = channels === 1 ? toGray(image) : image;
  const resized = resize(source, height, width, options.resize);
  const channelStride = source.channels === channels ? 1 : 0;
  return arrange(resized, [width * source.channels, source.channels, channelStride], options);
}

/** An array of shape `options.dims` as the network's input: the same operations but the resizing. */
export function preprocessArray(data: Float32Array, options: Preprocessing): Float32Array {
  return arrange(data, strides(options.dims), options);
}

/** An axis of the result. */
interface Axis {
  readonly size: number;
  /** Strides in the source and in the result. */
  readonly from: number;
  readonly to: number;
}

/** Operations 2 to 6 in one pass, channel after channel. `sourceStrides` belong to the axes before the transposition. */
function arrange(source: Float32Array, sourceStrides: readonly number[], options: Preprocessing): Float32Array {
  const { shape, channelAxis, transpose, channelSwap, rawScale, meanValue, inputScale } = options;
  const resultStrides = strides(shape);
  const axes = shape.map((size, axis) => ({ size, from: sourceStrides[transpose[axis]!]!, to: resultStrides[axis]! }));
  const channels = axes[channelAxis] ?? { size: 1, from: 0, to: 0 };
  const others = shape.length === 1 ? [{ size: 1, from: 0, to: 0 }] : axes.filter((_, axis) => axis !== channelAxis);
  const result = new Float32Array(elements(shape));
  channelSwap.forEach((from, to) => {
    copyAxes(
      others,
      source,
      from * channels.from,
      result,
      to * channels.to,
      Float32Array.of(rawScale, meanValue[to]!, inputScale),
    );
  });
  return result;
}

/** One channel: the values along these axes, the innermost last. */
function copyAxes(
  [axis, ...inner]: readonly Axis[],
  source: Float32Array,
  from: number,
  result: Float32Array,
  to: number,
  scales: Float32Array,
): void {
  if (axis === undefined) return;
  if (inner.length === 0) return copyRun(axis, source, from, result, to, scales);
  for (let i = 0; i < axis.size; i++) copyAxes(inner, source, from + i * axis.from, result, to + i * axis.to, scales);
}

/** The values along one axis. `scales` are the raw scale, the mean and the input scale; each operation rounds to float32. */
function copyRun(
  axis: Axis,
  source: Float32Array,
  from: number,
  result: Float32Array,
  to: number,
  scales: Float32Array,
): void {
  const [rawScale, mean, inputScale] = [scales[0]!, scales[1]!, scales[2]!];
  for (let i = 0; i < axis.size; i++) {
    const raw = Math.fround(source[from + i * axis.from]! * rawScale);
    result[to + i * axis.to] = Math.fround(raw - mean) * inputScale;
  }
}
