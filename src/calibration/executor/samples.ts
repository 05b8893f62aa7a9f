import type { InputPatches } from '../../ops/op.js';

/** Most outputs of a channel that are sampled over a calibration batch, and most products of all channels. */
const MOST_SAMPLES = 4096;
const MOST_PRODUCTS = 2 ** 24;

/** The outputs of a channel that are sampled over a calibration batch, where each image has one at least. `weights`: the layer's. */
export function sampleCount(weights: number): number {
  return Math.min(MOST_SAMPLES, Math.ceil(MOST_PRODUCTS / weights));
}

/**
 * The output pixels of an image at which a layer is sampled, ascending: one in each of as many equal parts of the image, at a
 * place in its part that follows from the image's number. `samples`: of all `images` of the batch.
 */
export function sampledPixels(image: number, images: number, pixels: number, samples: number): number[] {
  const count = Math.min(pixels, Math.max(1, Math.floor(samples / images)));
  if (count === pixels) return Array.from({ length: pixels }, (_, pixel) => pixel);
  return Array.from({ length: count }, (_, part) => Math.floor(((part + fraction(image, part)) * pixels) / count));
}

/** A number from 0 to below 1: a hash of two whole numbers. */
function fraction(image: number, part: number): number {
  let hash = Math.imul(image + 1, 0x9e3779b1) ^ Math.imul(part + 1, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
}

/**
 * The elements of input channel 0 that output pixels read, [tap][pixel], and the number of taps; where a pixel reads none, -1.
 */
export function tapsOfPixels(
  { taps: tapsOf }: InputPatches,
  pixels: readonly number[],
): { taps: number; offsets: Int32Array } {
  const [read, count] = [pixels.map(tapsOf), pixels.length];
  const taps = read[0]?.length ?? 0;
  const offsets = new Int32Array(taps * count);
  for (let pixel = 0; pixel < count; pixel++)
    for (let tap = 0; tap < taps; tap++) offsets[tap * count + pixel] = read[pixel]![tap]!;
  return { taps, offsets };
}
