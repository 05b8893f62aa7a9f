import { fail, XfdnnError } from '../error.js';
import { readNpy } from '../formats/npy.js';
import { baseName, readFile } from '../platform/index.js';
import { formatShape, type Shape, type Tensor, type TypedArray } from '../tensor.js';
import { contentKind, refuseContent } from './content-kind.js';
import { decodeImage } from './decode.js';
import type { Image } from './image.js';
import { listImages, pathOfImage } from './list-images.js';
import { preprocessArray, preprocessImage } from './preprocess.js';
import type { Preprocessing } from './preprocessing-options.js';
import { chooseSample, type SampleOptions } from './sample.js';

/** The chosen files of a calibration folder, in the order of calibration. */
export interface CalibrationFiles {
  readonly names: readonly string[];
  /** The names with the folder before them. */
  readonly paths: readonly string[];
  /** Their indices in the folder's sorted list. */
  readonly indices: readonly number[];
  /** The seed of the draw; undefined if no file was drawn. */
  readonly seed: number | undefined;
  /** Names of the folder's files that are no images and were left out before the list was sorted. */
  readonly leftOut?: readonly string[] | undefined;
}

/** One image, ready to be fed. */
export interface NetworkImage {
  /** The file's name without its folder. */
  readonly name: string;
  /** Shape of the network's input without its batch axis. */
  readonly shape: Shape;
  readonly data: Float32Array;
}

/**
 * How far values of an image array that is to be scaled may leave [0, 1]: enough for the overshoot of sharpening and bicubic resizing, not
 * for arrays from 0 to 255 or from -1 to 1.
 */
const OVERSHOOT = 0.5;

/** Choice among the files of a folder, with `recursive` also of its sub-folders. */
export interface FileChoice extends SampleOptions {
  readonly recursive?: boolean | undefined;
}

/** Lists the images of a folder, a list file or a pattern and chooses from them. Throws `file` as {@link listImages}, `usage` as {@link chooseSample}. */
export async function chooseCalibrationFiles(folder: string, options: FileChoice): Promise<CalibrationFiles> {
  const list = await listImages(folder, options.recursive);
  const { indices, seed } = chooseSample(list.names.length, options);
  const names = indices.flatMap((index) => list.names[index] ?? []);
  const paths = names.map((name) => pathOfImage(list.folder, name));
  return { names, paths, indices, seed, leftOut: list.leftOut };
}

/**
 * Reads and preprocesses one calibration file. Throws `file` where it cannot be read, `data` where its name is not in
 * UTF-8, else as {@link prepareImage}.
 */
export async function loadCalibrationImage(path: string, options: Preprocessing): Promise<NetworkImage> {
  return prepareImage(await readImageFile(path), path, options);
}

/** Stands in a name for bytes that are not UTF-8; such a file cannot be opened by its name. */
const REPLACEMENT = '\ufffd';

async function readImageFile(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    if (!path.includes(REPLACEMENT)) throw error;
    return fail('data', path, 'expected a file name in UTF-8, got one in another encoding.', 'Rename the file.');
  }
}

/**
 * The bytes of a PNG, a JPEG or a `.npy` array as the network's input; the content decides which it is. `path` names
 * the file in errors. Throws `format` for content that cannot be decoded and `data` for an array of the wrong shape,
 * type or values; `isBadImage` tells these from other failures.
 */
export async function prepareImage(bytes: Uint8Array, path: string, options: Preprocessing): Promise<NetworkImage> {
  const kind = contentKind(bytes);
  const result = { name: baseName(path), shape: options.shape };
  if (options.kind === 'array') {
    const wanted = `a .npy array of shape ${formatShape(options.dims)}`;
    if (kind !== 'npy') refuseContent(kind, wanted, path);
    return { ...result, data: preprocessArray(readArray(readNpy(bytes, path), path, options.dims), options) };
  }
  if (kind !== 'npy' && kind !== 'png' && kind !== 'jpeg')
    refuseContent(kind, 'a PNG or JPEG image or a .npy array', path);
  return { ...result, data: preprocessImage(await readImage(bytes, path, options, kind), options) };
}

/** A PNG, a JPEG or an array of pixels as an image. Throws as {@link prepareImage}. */
export async function readImage(
  bytes: Uint8Array,
  path: string,
  options: Preprocessing,
  kind = contentKind(bytes),
): Promise<Image> {
  return kind === 'npy'
    ? arrayAsImage(channelsLast(readNpy(bytes, path), options), path, options.ownValues === true)
    : decodeImage(bytes, path, kind);
}

/** Whether an error means that one image is unusable and may be skipped. */
export function isBadImage(error: unknown): error is XfdnnError {
  return error instanceof XfdnnError && (error.code === 'format' || error.code === 'data');
}

/** An array of the network's input shape; leading axes of size 1 do not matter. */
function readArray({ shape, data }: Tensor<TypedArray>, path: string, dims: Shape): Float32Array {
  if (formatShape(withoutLeadingOnes(shape)) !== formatShape(withoutLeadingOnes(dims))) {
    fail(
      'data',
      path,
      `expected an array of shape ${formatShape(dims)}, got ${formatShape(shape)}.`,
      "Save one array of the network's input shape in each file.",
    );
  }
  return finite(data, path);
}

/** An array of the shape of a network's input with channels first, as H x W x C; other arrays as they are. */
function channelsLast(array: Tensor<TypedArray>, { shape, channelAxis }: Preprocessing): Tensor<TypedArray> {
  const [channels = 1, height = 1, width = 1] = array.shape;
  const isOwn = channelAxis === 0 && formatShape(array.shape) === formatShape(shape);
  if (!isOwn || width === 1 || width === 3) return array;
  const data = array.data.slice();
  for (let pixel = 0, to = 0; pixel < height * width; pixel++)
    for (let channel = 0; channel < channels; channel++) data[to++] = array.data[channel * height * width + pixel]!;
  return { shape: [height, width, channels], data };
}

/** H x W x C, or H x W, of floats in [0, 1]; of any floats where they are the network's own values. */
function arrayAsImage({ shape, data }: Tensor<TypedArray>, path: string, isOwn: boolean): Image {
  const [height = 0, width = 0, channels = 1] = shape;
  if (shape.length < 2 || shape.length > 3 || (channels !== 1 && channels !== 3) || height * width === 0) {
    fail(
      'data',
      path,
      `expected an array of shape H x W x 3 or H x W x 1, got ${formatShape(shape)}.`,
      'Save one image in each file, channels last.',
    );
  }
  if (!(data instanceof Float32Array || data instanceof Float64Array)) {
    fail(
      'data',
      path,
      'expected floats in [0, 1], got integers.',
      'Divide them by their maximum and save them as float32.',
    );
  }
  const values = finite(data, path);
  const bad = isOwn ? undefined : values.find((value) => value < -OVERSHOOT || value > 1 + OVERSHOOT);
  if (bad !== undefined)
    fail(
      'data',
      path,
      `expected values in [0, 1], got ${bad}.`,
      "Scale the array to [0, 1]; --raw_scale and --mean_value do the rest. An array of the network's own values takes --raw_scale 1 --mean_value 0.",
    );
  return { width, height, channels, data: values, maximum: 1 };
}

function finite(data: TypedArray, path: string): Float32Array {
  const values = data instanceof Float32Array ? data : Float32Array.from(data);
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0)
    fail('data', path, `expected finite values, got ${values[bad]} at element ${bad}.`, 'Replace the array.');
  return values;
}

function withoutLeadingOnes(shape: Shape): Shape {
  const first = shape.findIndex((size) => size !== 1);
  return first < 0 ? [] : shape.slice(first);
}
