import { fail, XfdnnError } from '../error.js';
import { readNpy } from '../formats/npy.js';
import { baseName, joinPath, listFiles, readFile } from '../platform/index.js';
import { formatShape, type Shape, type Tensor, type TypedArray } from '../tensor.js';
import { contentKind, refuseContent } from './content-kind.js';
import { decodeImage } from './decode.js';
import type { Image } from './image.js';
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
 * How far values of an image array may leave [0, 1]: enough for the overshoot of sharpening and bicubic resizing, not
 * for arrays from 0 to 255 or from -1 to 1.
 */
const OVERSHOOT = 0.5;

/** Lists a calibration folder and chooses from it. Throws `file` for a folder that is missing or empty, `usage` as {@link chooseSample}. */
export async function chooseCalibrationFiles(folder: string, options: SampleOptions): Promise<CalibrationFiles> {
  const files = await listFiles(folder);
  if (files.length === 0)
    fail('file', folder, 'expected images or .npy arrays, got an empty folder.', 'Pass the folder that holds them.');
  const { indices, seed } = chooseSample(files.length, options);
  const names = indices.flatMap((index) => files[index] ?? []);
  return { names, paths: names.map((name) => joinPath(folder, name)), indices, seed };
}

/** Reads and preprocesses one calibration file. Throws `file` where it cannot be read, else as {@link prepareImage}. */
export async function loadCalibrationImage(path: string, options: Preprocessing): Promise<NetworkImage> {
  return prepareImage(await readFile(path), path, options);
}

/**
 * The bytes of a PNG, a JPEG or a `.npy` array as the network's input; the content decides which it is. `path` names
 * the file in errors. Throws `format` for content that cannot be decoded and `data` for an array of the wrong shape,
 * type or values; {@link isBadImage} tells these from other failures.
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
  const image = kind === 'npy' ? arrayAsImage(readNpy(bytes, path), path) : await decodeImage(bytes, path, kind);
  return { ...result, data: preprocessImage(image, options) };
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

/** H x W x C, or H x W, of floats in [0, 1]. */
function arrayAsImage({ shape, data }: Tensor<TypedArray>, path: string): Image {
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
  const bad = values.find((value) => value < -OVERSHOOT || value > 1 + OVERSHOOT);
  if (bad !== undefined)
    fail(
      'data',
      path,
      `expected values in [0, 1], got ${bad}.`,
      'Scale the array to [0, 1]; --raw_scale and --mean_value do the rest.',
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
