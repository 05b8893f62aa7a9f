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
 * Writes the codes that output pixels multiply, [group][k][sample], to the samples from `at` on of `stride` in all; where a pixel
 * reads none, 0.
 */
export function gatherPatches(
  input: Int8Array,
  { channels, channelStep, taps: tapsOf }: InputPatches,
  pixels: readonly number[],
  patches: Int8Array,
  { at, stride }: { readonly at: number; readonly stride: number },
): void {
  const [read, count] = [pixels.map(tapsOf), pixels.length];
  const taps = read[0]?.length ?? 0;
  // Of one tap after the other, so that codes are written side by side.
  const offsets = new Int32Array(taps * count);
  for (let sample = 0; sample < count; sample++)
    for (let tap = 0; tap < taps; tap++) offsets[tap * count + sample] = read[sample]![tap]!;
  for (let channel = 0, to = at; channel < channels; channel++) {
    const first = channel * channelStep;
    for (let row = 0; row < offsets.length; row += count, to += stride)
      for (let sample = 0; sample < count; sample++) {
        const offset = offsets[row + sample]!;
        patches[to + sample] = offset < 0 ? 0 : input[first + offset]!;
      }
  }
}
