import { channelAxis, type Layout, type Shape, type Tensor } from '../../tensor.js';
import { resolveAxis, splitAxis } from './axes.js';

/** Whether this axis is the one that holds the channels. */
export function isChannelAxis(axis: number, shape: Shape, layout: Layout): boolean {
  return resolveAxis(axis, shape.length) === channelAxis(shape.length, layout);
}

/** Writes `f(x, c)` for every element, c its index along `axis`. */
export function mapChannels(
  input: Tensor<any>,
  output: Tensor<any>,
  axis: number,
  f: (x: number, c: number) => number,
): void {
  const { size, inner } = splitAxis(input.shape, axis);
  for (let index = 0; index < input.data.length; index++) {
    output.data[index] = f(input.data[index], Math.floor(index / inner) % size);
  }
}
