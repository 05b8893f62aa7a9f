import seedrandom from 'seedrandom';
import { elements } from '../tensor.js';
import type { Image } from './image.js';
import { preprocessArray, preprocessImage } from './preprocess.js';
import type { Preprocessing } from './preprocessing-options.js';

/** The number of images that `random:8` asks for; undefined for other places. */
export function randomCount(place: string): number | undefined {
  const [, count] = /^random:([1-9]\d{0,3})$/.exec(place) ?? [];
  return count === undefined ? undefined : Number(count);
}

/**
 * Images of noise as network inputs, to try the flow where there are no images: the same for the same number. Every value
 * before the preprocessing is uniform in [0, 1). `input`: the number of the network's input.
 */
export function randomImages(count: number, options: Preprocessing, input: number): Float32Array[] {
  return Array.from({ length: count }, (_, image) => {
    const generator = seedrandom(`random image ${input}:${image}`);
    const noise = Float32Array.from({ length: elements(options.dims) }, () => generator());
    if (options.kind === 'array') return preprocessArray(noise, options);
    const [channels = 1, height = 1, width = 1] = options.dims;
    const picture: Image = { width, height, channels: channels === 3 ? 3 : 1, data: noise, maximum: 1 };
    return preprocessImage(picture, options);
  });
}
