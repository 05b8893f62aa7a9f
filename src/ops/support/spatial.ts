import { fail } from '../../error.js';
import { formatShape, type Layout, type Shape } from '../../tensor.js';
import type { CaffeLayer } from '../op.js';
import { expectInteger } from './axes.js';

/** Height, width. */
export type Pair = readonly [number, number];
/** Top, left, bottom, right. */
export type Padding = readonly [number, number, number, number];

/** The padding at the far end of an axis: bottom, or right. */
export const farPad = (pad: Padding, axis: 0 | 1): number => (axis === 0 ? pad[2] : pad[3]);

/** Sizes of a 4-D activation. */
export interface ImageSize {
  readonly batch: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** Reads a 4-D shape by its layout; throws on any other rank, and where there is no input. */
export function imageSize(shape: Shape | undefined, layout: Layout): ImageSize {
  if (shape === undefined) fail('model', '', 'expected an input, got none.');
  if (shape.length !== 4) fail('model', '', `expected a 4-dimensional input, got ${formatShape(shape)}.`);
  const [batch, a, b, c] = shape as [number, number, number, number];
  return layout === 'NCHW' ? { batch, channels: a, height: b, width: c } : { batch, channels: c, height: a, width: b };
}

/** The shape of a 4-D activation in a layout. */
export function imageShape({ batch, channels, height, width }: ImageSize, layout: Layout): Shape {
  return layout === 'NCHW' ? [batch, channels, height, width] : [batch, height, width, channels];
}

/** Element strides of a 4-D activation. */
export interface ImageStrides {
  readonly batch: number;
  readonly channel: number;
  readonly row: number;
  readonly column: number;
}

/** Strides of a row-major activation in a layout. */
export function imageStrides({ channels, height, width }: ImageSize, layout: Layout): ImageStrides {
  const batch = channels * height * width;
  return layout === 'NCHW'
    ? { batch, channel: height * width, row: width, column: 1 }
    : { batch, channel: 1, row: width * channels, column: channels };
}

/** Rejects kernels and strides below 1 and paddings below `leastPad`. */
export function expectWindow(kernel: Pair, stride: Pair, pad: Padding, leastPad = 0): void {
  kernel.forEach((size) => expectInteger('kernel_size', size, 1));
  stride.forEach((size) => expectInteger('stride', size, 1));
  pad.forEach((size) => expectInteger('pad', size, leastPad));
}

/** Rejects windows whose padded input, as the kernels copy it, would take 4 GiB of float32 or more. */
export function expectPadded(channels: number, rows: number, columns: number): void {
  if (channels * rows * columns < 2 ** 30) return;
  fail(
    'model',
    '',
    `expected kernel, dilation and pad that take a padded input of fewer than 2^30 elements, got ${channels}x${rows}x${columns}.`,
  );
}

type Word = 'kernel' | 'stride' | 'pad';

/**
 * Kernel, stride or pad of a Caffe layer: `kernel_size` once, twice or a plain number, or `kernel_h` and `kernel_w`.
 * `fallback`: the value where nothing is stated; without one, nothing stated is an error.
 */
export function caffePair(layer: CaffeLayer, field: string, word: Word, fallback?: number): Pair {
  const message = layer.param(field);
  const name = word === 'kernel' ? 'kernel_size' : word;
  if (layer.has(field, `${word}_h`) || layer.has(field, `${word}_w`)) {
    const pair: Pair = [message[`${word}_h`] ?? 0, message[`${word}_w`] ?? 0];
    return layer.has(field, name) ? layer.fail(`expected ${name}, or ${word}_h and ${word}_w, got both.`) : pair;
  }
  const given: readonly number[] = layer.has(field, name) ? [message[name]].flat() : [];
  return repeatedPair(layer, name, given, fallback);
}

/** A repeated field that is given once for both axes, or once for each. */
export function repeatedPair(layer: CaffeLayer, name: string, given: readonly number[], fallback?: number): Pair {
  if (given.length > 2) layer.fail(`expected ${name} for 2 axes, got ${given.length} values.`);
  const first = given[0] ?? fallback ?? layer.fail(`expected ${name}, got none.`);
  return [first, given[1] ?? first];
}

/** The same padding at both ends of each axis. */
export function evenPadding([vertical, horizontal]: Pair): Padding {
  return [vertical, horizontal, vertical, horizontal];
}
