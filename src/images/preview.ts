import { encodePng } from './encode-png.js';
import type { Image } from './image.js';
import { preprocessImage } from './preprocess.js';
import type { Preprocessing } from './preprocessing-options.js';

/** One step of the preprocessing as a picture. */
export interface PreviewStep {
  /** `1-resize` to `6-input_scale`. */
  readonly name: string;
  /** A PNG file. */
  readonly png: Uint8Array;
}

/**
 * The six steps of the preprocessing of one image as pictures, each from its least value (black) to its greatest (white).
 * Channels are shown in the order of the network's input: after a swap to BGR, red looks blue. `side`: the longest side in pixels;
 * of larger pictures each second (third, ...) row and column is shown.
 */
export function previewSteps(image: Image, options: Preprocessing, side = Infinity): PreviewStep[] {
  const identity = options.channelSwap.map((_, channel) => channel);
  const zero = options.meanValue.map(() => 0);
  const neutral = { channelSwap: identity, rawScale: 1, meanValue: zero, inputScale: 1, bytes: false };
  const { channelSwap, rawScale, meanValue } = options;
  const steps: readonly (readonly [string, Preprocessing])[] = [
    ['1-resize', { ...options, ...neutral }],
    ['2-transpose', { ...options, ...neutral }],
    ['3-channel_swap', { ...options, ...neutral, channelSwap }],
    ['4-raw_scale', { ...options, ...neutral, channelSwap, rawScale }],
    ['5-mean_value', { ...options, ...neutral, channelSwap, rawScale, meanValue }],
    ['6-input_scale', options],
  ];
  return steps.map(([name, step]) => ({ name, png: pictureOf(preprocessImage(image, step), step, side) }));
}

/** A network input as a picture: rows of pixels, channels last, stretched to 0 to 255. */
function pictureOf(
  data: Float32Array,
  { shape, channelAxis, transpose, dims }: Preprocessing,
  side: number,
): Uint8Array {
  const [channels = 1, rows = 1, columns = 1] = dims;
  const every = Math.max(1, Math.ceil(Math.max(rows, columns) / side));
  const [height, width] = [Math.ceil(rows / every), Math.ceil(columns / every)];
  let least = Infinity;
  let greatest = -Infinity;
  for (const value of data) {
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  const factor = greatest > least ? 255 / (greatest - least) : 0;
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const along = (axis: number): number => strides[transpose.indexOf(axis)] ?? 0;
  const [down, right, deep] = [along(0), along(1), strides[channelAxis] ?? 1];
  const samples = new Uint8Array(height * width * channels);
  for (let row = 0, to = 0; row < height; row++)
    for (let column = 0; column < width; column++)
      for (let channel = 0; channel < channels; channel++) {
        const value = data[every * (row * down + column * right) + channel * deep] ?? 0;
        samples[to++] = Math.round((value - least) * factor);
      }
  return encodePng({ width, height, channels: channels === 3 ? 3 : 1, samples });
}
