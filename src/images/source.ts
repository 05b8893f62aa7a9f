import { fail, XfdnnError } from '../error.js';
import { blobOf } from '../platform/index.js';
import { sharedFloats } from '../tensor.js';
import { isBadImage, loadCalibrationImage, prepareImage } from './load.js';
import type { Preprocessing } from './preprocessing-options.js';

/** An encoded image: a PNG, a JPEG or a `.npy` array. */
export interface EncodedImage {
  /** Stands for the file in errors. */
  readonly name: string;
  /** The file's content. Several threads share it. */
  readonly bytes: Uint8Array | Blob;
}

/** Where the images of a batch come from, as plain data: files or their contents with their preprocessing, or network inputs as they are. */
export type ImageSource =
  | { readonly paths: readonly string[]; readonly preprocessing: Preprocessing }
  | { readonly images: readonly EncodedImage[]; readonly preprocessing: Preprocessing }
  | { readonly arrays: readonly Float32Array[] }
  /** A network of several inputs: a source for each, in the order of `Graph.inputs`, of equally many images. */
  | { readonly inputs: readonly ImageSource[] };

/** Reads one input of the network (the first if absent) of one image of a batch, by number: float32 of the input's shape. */
export type LoadImage = (image: number, input?: number) => Promise<Float32Array>;

/** How an image of a source is read, in any thread. Errors as {@link loadCalibrationImage}; `usage` where there is no such image. */
export function openImages(source: ImageSource): LoadImage {
  if ('inputs' in source) {
    const inputs = source.inputs.map(openImages);
    return async (image, input = 0) => (inputs[input] ?? noInput(input))(image);
  }
  if ('arrays' in source)
    return async (image) => source.arrays[image] ?? missing('arrays', source.arrays.length, image);
  if ('images' in source) {
    const { images, preprocessing } = source;
    return async (image) => prepared(images[image] ?? missing('images', images.length, image), preprocessing);
  }
  const { paths, preprocessing } = source;
  return (image) => ofFile(paths[image] ?? missing('paths', paths.length, image), preprocessing);
}

/** A file's image. An error that is about this image alone names the flag that leaves it out. */
async function ofFile(path: string, preprocessing: Preprocessing): Promise<Float32Array> {
  try {
    return (await loadCalibrationImage(path, preprocessing)).data;
  } catch (error) {
    if (!isBadImage(error)) throw error;
    const { code, where, detail, hint } = error;
    throw new XfdnnError(code, where, detail, [hint, SKIPPING].filter((part) => part !== '').join(' '));
  }
}

const SKIPPING = '--skip_bad_images leaves out such files.';

async function prepared({ name, bytes }: EncodedImage, preprocessing: Preprocessing): Promise<Float32Array> {
  const content = bytes instanceof Uint8Array ? bytes : new Uint8Array(await bytes.arrayBuffer());
  return (await prepareImage(content, name, preprocessing)).data;
}

/** Reads all inputs of a network for one image, in the order of `Graph.inputs`. */
export function loadInputs(load: LoadImage, inputs: readonly unknown[], image: number): Promise<Float32Array[]> {
  return Promise.all(inputs.map((_, input) => load(image, input)));
}

function noInput(input: number): never {
  return fail('usage', 'inputs', `expected a source for each input, got none for input ${input + 1}.`);
}

function missing(what: 'arrays' | 'paths' | 'images', count: number, image: number): never {
  const [one, article] = { arrays: ['array', 'an'], paths: ['path', 'a'], images: ['image', 'an'] }[what];
  return fail(
    'usage',
    what,
    `expected ${article} ${one} for each image, got ${count} and none for image ${image + 1}.`,
  );
}

/** The source as several threads take it: image files as Blobs, which they share, arrays in shared memory where there is any. */
export function sharedSource(source: ImageSource): ImageSource {
  if ('inputs' in source) return { inputs: source.inputs.map(sharedSource) };
  if ('images' in source)
    return { ...source, images: source.images.map(({ name, bytes }) => ({ name, bytes: sharedBytes(bytes) })) };
  return 'arrays' in source ? { arrays: source.arrays.map(sharedFloats) } : source;
}

const sharedBytes = (bytes: Uint8Array | Blob): Blob => (bytes instanceof Uint8Array ? blobOf(bytes) : bytes);

/** The number of images of a source. */
export function imageCount(source: ImageSource): number {
  if ('inputs' in source) return Math.min(...source.inputs.map(imageCount));
  if ('images' in source) return source.images.length;
  return 'paths' in source ? source.paths.length : source.arrays.length;
}
