import { fail } from '../error.js';
import { readNpy } from '../formats/npy.js';
import type { Graph } from '../graph/graph.js';
import { type ImageSource, imageCount, listImages, randomCount } from '../images/index.js';
import { readFile } from '../platform/index.js';
import { elements, formatShape, type Shape } from '../tensor.js';
import {
  fileSource,
  filesOf,
  PREPROCESSING_FLAGS,
  type PreprocessingFlags,
  withMeanValues,
} from './calibration-flags.js';
import { warnOfOtherPreprocessing } from './compare-preprocessing.js';
import { optionsOf } from './flags.js';
import { usableImages } from './good-files.js';
import type { JobHooks } from './hooks.js';
import { type InputPaths, pathsByInput, plainPaths } from './input-files.js';
import type { FlagTable } from './known-flags.js';
import { recordedCalibration } from './manifest-flags.js';
import type { Network, NetworkFlags } from './network.js';
import { reportInput } from './report-input.js';

/** The images of a verification, spelled as on the command line. */
export interface InputFlags extends PreprocessingFlags {
  /** A folder of images, or of `.npy` arrays; `NAME=FOLDER` for each of several inputs. */
  readonly images?: InputPaths | undefined;
  /** Number of images taken from the folder, in the order of their names; all where absent. */
  readonly image_count?: number | undefined;
  /** Whether the files of sub-folders are taken too; not where absent. */
  readonly recursive?: boolean | undefined;
  /** Whether images that cannot be decoded are left out with a warning; where absent they are errors. */
  readonly skip_bad_images?: boolean | undefined;
  /** In place of `images`: a `.npy` of the network's input, batch axis first; `NAME=FILE` for each of several inputs. */
  readonly input?: InputPaths | undefined;
  /** Path of the manifest of a calibration: where its images had another preprocessing, a warning says so. */
  readonly manifest?: string | undefined;
}

/** The names of {@link InputFlags}. */
export const INPUT_FLAGS: FlagTable<InputFlags> = {
  ...PREPROCESSING_FLAGS,
  images: true,
  image_count: true,
  recursive: true,
  skip_bad_images: true,
  input: true,
  manifest: true,
};

/** The images of a job with their names, in one order. */
export interface NamedImages {
  readonly source: ImageSource;
  /** File names without their folder. */
  readonly names: readonly string[];
}

/** The images that the flags name, and what is said of them: {@link listInputs}, then {@link reportInputs}. Throws as they do. */
export async function networkInputs(
  flags: InputFlags & NetworkFlags,
  network: Network,
  hooks: JobHooks = {},
): Promise<NamedImages> {
  const images = await listInputs(flags, network, hooks);
  await reportInputs(images.source, flags, network, hooks);
  return images;
}

/**
 * The images that the flags name. None is decoded, but where those that cannot be decoded are left out: other flags can be
 * checked against their names before any work. Throws `usage`, `file`, `data`.
 */
export async function listInputs(
  flags: InputFlags & NetworkFlags,
  network: Network,
  hooks: JobHooks = {},
): Promise<NamedImages> {
  const { graph } = network;
  if (flags.input !== undefined) {
    const [path] = pathsByInput('--input', flags.input, graph);
    const source = firstImages(await arraysOf(flags.input, graph), flags.image_count ?? Infinity);
    return { source, names: Array.from({ length: imageCount(source) }, (_, image) => `${path}[${image}]`) };
  }
  const folders =
    flags.images ??
    fail(
      'usage',
      '--images',
      'expected a folder of images, got none.',
      'Pass it, or the input itself with --input file.npy.',
    );
  const options = optionsOf(await withMeanValues(flags));
  const [folder = ''] = await plainPaths(folders);
  const size = randomCount(folder) ?? (await listImages(folder, flags.recursive)).names.length;
  const count = Math.min(size, flags.image_count ?? size);
  const wanted = flags.image_count ?? 0;
  if (wanted > size)
    hooks.note?.(`note: --image_count asks for ${wanted} images; there are ${size}, and all are taken.`);
  const indices = Array.from({ length: count }, (_, i) => i);
  const chosen = await filesOf(folders, { size: count, indices, recursive: flags.recursive }, hooks);
  const { files, source } = await usableImages(
    chosen,
    (some) => fileSource({ flag: '--images', folders }, options, network, some),
    { skip: flags.skip_bad_images, place: folder },
    hooks,
  );
  return { source, names: files.names };
}

/**
 * Says what enters the network, and warns where the calibration of a manifest had another preprocessing. Throws `file` and
 * `format` for a manifest that cannot be read, and the errors of reading an image.
 */
export async function reportInputs(
  source: ImageSource,
  flags: InputFlags & NetworkFlags,
  network: Network,
  hooks: JobHooks,
): Promise<void> {
  const { input, manifest, dims, deploy_model, framework } = flags;
  if (input !== undefined) return reportInput(source, { dims, deploy_model, framework }, network, hooks);
  const recorded = manifest === undefined ? undefined : await recordedCalibration(manifest);
  await reportInput(source, flags, network, hooks);
  if (manifest !== undefined && recorded !== undefined) warnOfOtherPreprocessing(manifest, recorded, source, hooks);
}

/** The first images of a source, all if it has fewer. */
export function firstImages(source: ImageSource, count: number): ImageSource {
  return someImages(source, (image) => image < count);
}

/** The images of a source whose numbers are wanted. */
export function someImages(source: ImageSource, isWanted: (image: number) => boolean): ImageSource {
  const wanted = <T>(list: readonly T[]): T[] => list.filter((_, image) => isWanted(image));
  if ('inputs' in source) return { inputs: source.inputs.map((input) => someImages(input, isWanted)) };
  if ('images' in source) return { ...source, images: wanted(source.images) };
  return 'arrays' in source ? { arrays: wanted(source.arrays) } : { ...source, paths: wanted(source.paths) };
}

/** The `.npy` files of the network's inputs, batch axis first, as one array per image. Throws `usage`, `file`, `format`, `data`. */
export async function arraysOf(given: InputPaths, graph: Graph): Promise<ImageSource> {
  const paths = pathsByInput('--input', given, graph);
  const arrays: (readonly Float32Array[])[] = [];
  for (const [input, path] of paths.entries()) arrays.push(await splitInput(path, inputShape(graph, input)));
  const [first = [], ...others] = arrays;
  const odd = others.findIndex(({ length }) => length !== first.length);
  if (odd >= 0)
    fail(
      'data',
      paths[odd + 1] ?? '--input',
      `expected ${first.length} images, as in ${paths[0]}, got ${others[odd]?.length}.`,
      'Give as many images for each input.',
    );
  return others.length === 0 ? { arrays: first } : { inputs: arrays.map((list) => ({ arrays: list })) };
}

async function splitInput(path: string, wanted: Shape): Promise<Float32Array[]> {
  const { shape, data } = readNpy(await readFile(path), path);
  const size = elements(wanted);
  const same = shape.length === wanted.length && shape.slice(1).every((length, axis) => length === wanted[axis + 1]);
  if (!same)
    fail(
      'data',
      path,
      `expected an array of shape N${formatShape(wanted).replace(/^\d+/, '')}, got ${formatShape(shape)}.`,
      'Use --dims for another input size.',
    );
  if (shape[0] === 0)
    fail('data', path, 'expected at least one image, got an array of none.', 'Save the images along the first axis.');
  const floats = data instanceof Float32Array ? data : Float32Array.from(data);
  return Array.from({ length: data.length / size }, (_, image) => floats.subarray(image * size, (image + 1) * size));
}

function inputShape({ inputs, values }: Graph, input: number): Shape {
  const value = values[inputs[input] ?? -1];
  return value?.shape ?? fail('model', 'input', 'expected a network with an input, got none.');
}
