import { fail } from '../error.js';
import { loadCalibrationImage } from './load.js';
import type { Preprocessing } from './preprocessing-options.js';

/** Where the images of a batch come from, as plain data: files with their preprocessing, or network inputs as they are. */
export type ImageSource =
  | { readonly paths: readonly string[]; readonly preprocessing: Preprocessing }
  | { readonly arrays: readonly Float32Array[] };

/** Reads the network input of one image of a batch, by its number: float32 of the input's shape. */
export type LoadImage = (image: number) => Promise<Float32Array>;

/** How an image of a source is read, in any thread. Errors as {@link loadCalibrationImage}; `usage` where there is no such image. */
export function openImages(source: ImageSource): LoadImage {
  if ('arrays' in source)
    return async (image) => source.arrays[image] ?? missing('arrays', source.arrays.length, image);
  const { paths, preprocessing } = source;
  return async (image) =>
    (await loadCalibrationImage(paths[image] ?? missing('paths', paths.length, image), preprocessing)).data;
}

function missing(what: 'arrays' | 'paths', count: number, image: number): never {
  const [one, article] = what === 'arrays' ? ['array', 'an'] : ['path', 'a'];
  return fail(
    'usage',
    what,
    `expected ${article} ${one} for each image, got ${count} and none for image ${image + 1}.`,
  );
}

/** The number of images of a source. */
export function imageCount(source: ImageSource): number {
  return 'paths' in source ? source.paths.length : source.arrays.length;
}
