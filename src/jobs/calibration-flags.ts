import { colorMap } from '../analysis/color-map.js';
import { fail } from '../error.js';
import type { Graph } from '../graph/graph.js';
import {
  type CalibrationFiles,
  chooseCalibrationFiles,
  type FileChoice,
  type Framework,
  type ImageSource,
  listImages,
  type NetworkInput,
  type Preprocessing,
  type PreprocessingOptions,
  type Preset,
  type ResizeRule,
  randomCount,
  randomImages,
  readMeanFile,
  resolvePreprocessing,
  type Sampler,
} from '../images/index.js';

import type { InputAttrs } from '../ops/input.js';
import { joinPath } from '../platform/index.js';
import type { JobHooks } from './hooks.js';
import { type InputPaths, pathsByInput, plainPaths } from './input-files.js';
import type { FlagTable } from './known-flags.js';

/** How an image becomes the network's input, spelled as on the command line: {@link PreprocessingOptions} as flags. */
export interface PreprocessingFlags {
  /** Axes of H x W x C in the order of the network's input. */
  readonly transpose?: readonly number[] | undefined;
  /** For each channel of the network's input, the channel of the image. */
  readonly channel_swap?: readonly number[] | undefined;
  /** Multiplied with pixels in [0, 1]. */
  readonly raw_scale?: number | undefined;
  /**
   * Subtracted after `raw_scale`. One value, or one for each channel of the network's input, or the path of a mean
   * image (`mean.binaryproto`, `.npy`), whose channel means are taken.
   */
  readonly mean_value?: readonly number[] | string | undefined;
  /** Multiplied after `mean_value` is subtracted. */
  readonly input_scale?: number | undefined;
  /** The rule of bilinear resizing; by framework where absent. */
  readonly resize?: ResizeRule | undefined;
  /** Values for those flags above that are absent. */
  readonly preset?: Preset | undefined;
  /** A folder for the steps of the first images as PNG files. */
  readonly preview?: string | undefined;
}

/** The names of {@link PreprocessingFlags}. */
export const PREPROCESSING_FLAGS: FlagTable<PreprocessingFlags> = {
  transpose: 'list',
  channel_swap: 'list',
  raw_scale: true,
  mean_value: true,
  input_scale: true,
  resize: true,
  preset: true,
  preview: true,
};

/** The files of a calibration batch, spelled as on the command line. */
export interface CalibrationFlags {
  /** Folder of images, or of `.npy` arrays; `NAME=FOLDER` for each of several inputs, whose files belong together by name. */
  readonly calibration_directory?: InputPaths | undefined;
  /** Number of files; 32 or all where there are fewer, or as many as there are `calibration_indices`. */
  readonly calibration_size?: number | undefined;
  /** Seed of the sample, 0 to 2^32 - 1; a fresh one is drawn where neither it nor `calibration_indices` is given. */
  readonly calibration_seed?: number | undefined;
  /** Indices into the sorted list of files, each once; excludes `calibration_seed`. */
  readonly calibration_indices?: readonly number[] | undefined;
  /** Source of the sample's random bits; `seedrandom` where absent. */
  readonly calibration_sampler?: Sampler | undefined;
  /** Whether the files of sub-folders are taken too; not where absent. */
  readonly recursive?: boolean | undefined;
}

/** The names of {@link CalibrationFlags}. */
export const CALIBRATION_FLAGS: FlagTable<CalibrationFlags> = {
  calibration_directory: true,
  calibration_size: true,
  calibration_seed: true,
  calibration_indices: 'list',
  calibration_sampler: true,
  recursive: true,
};

/** Flags whose mean values are numbers. */
export type WithMeanValues<Flags extends PreprocessingFlags> = Omit<Flags, 'mean_value'> & {
  readonly mean_value?: readonly number[] | undefined;
};

/** The flags with the channel means of the mean image that they name. Throws `file`, `format`. */
export async function withMeanValues<Flags extends PreprocessingFlags>(flags: Flags): Promise<WithMeanValues<Flags>> {
  const { mean_value: mean, ...others } = flags;
  return { ...others, mean_value: typeof mean === 'string' ? await readMeanFile(mean) : mean };
}

/**
 * The preprocessing of a network's one input, every default filled in. Throws `unsupported` for a network of several
 * inputs, `usage` for options that do not fit the input. Source: docs/spec/quantizer.md, section 1.
 */
export function preprocessingOf(options: PreprocessingOptions, graph: Graph, framework: Framework): Preprocessing {
  return resolvePreprocessing(options, networkInputOf(graph, framework));
}

/** The input of a network as images are made for it. Throws `unsupported` for a network of several inputs. */
export function networkInputOf(graph: Graph, framework: Framework): NetworkInput {
  const [input, ...others] = graph.values.filter(({ id }) => graph.inputs.includes(id));
  if (input === undefined || others.length > 0) return severalInputs(graph);
  const writer = graph.nodes.find(({ outputs }) => outputs.includes(input.id));
  const { shape, layout } = input;
  const { bytes, decoded } = (writer?.attrs ?? {}) as Partial<InputAttrs>;
  const front = framework === 'tensorflow' ? colorMap(graph, input.id) : undefined;
  return { shape, layout, framework, bytes: bytes === true, front, decoded };
}

function severalInputs({ inputs, values }: Graph): never {
  const names = inputs.map((input) => `"${values[input]?.blob}"`).join(', ');
  return fail(
    'unsupported',
    'calibration',
    `expected a network with one input, got ${inputs.length}: ${names}.`,
    'Pass a folder for each with --calibration_directory NAME=FOLDER, or cut the network with --input_layer and --output_layer.',
  );
}

/** The files that the flags choose, in the order of calibration. Throws `usage` and `file`. */
export async function calibrationFilesOf(flags: CalibrationFlags, hooks: JobHooks = {}): Promise<CalibrationFiles> {
  const folders =
    flags.calibration_directory ??
    fail(
      'usage',
      '--calibration_directory',
      'expected a folder of images, got none.',
      'Pass the folder of the calibration images.',
    );
  if (flags.calibration_seed !== undefined && flags.calibration_indices !== undefined) {
    fail(
      'usage',
      '--calibration_seed',
      'expected a seed or --calibration_indices, got both.',
      'Leave one of them out.',
    );
  }
  const choice = {
    size: flags.calibration_size,
    seed: flags.calibration_seed,
    indices: flags.calibration_indices,
    sampler: flags.calibration_sampler,
    recursive: flags.recursive,
  };
  return filesOf(folders, choice, hooks);
}

/**
 * The files that a sample takes from a folder, or from the first of several; the others hold files of the same names.
 * Files that are no images are counted in a note.
 */
export async function filesOf(
  folders: InputPaths,
  sample: FileChoice,
  hooks: JobHooks = {},
): Promise<CalibrationFiles> {
  const [folder = '', ...others] = await plainPaths(folders);
  const random = randomCount(folder);
  if (random !== undefined) return randomFiles(folder, Math.min(random, sample.size ?? random), hooks);
  const files = await chooseCalibrationFiles(folder, sample);
  if (files.leftOut !== undefined && files.leftOut.length > 0) hooks.note?.(leftOutNote(folder, files.leftOut));
  for (const other of others) await expectNames(other, files.names, folder, sample.recursive);
  return files;
}

/** Images of noise: they have names and no paths. */
function randomFiles(place: string, count: number, hooks: JobHooks): CalibrationFiles {
  hooks.warn?.('warning: random images are for trying the flow only: what is measured on them says nothing.');
  const indices = Array.from({ length: count }, (_, index) => index);
  return { names: indices.map((index) => `${place}[${index}]`), paths: [], indices, seed: undefined };
}

function leftOutNote(folder: string, names: readonly string[]): string {
  const [count, are] = names.length === 1 ? ['1 file', 'is'] : [`${names.length} files`, 'are'];
  return `note: ${count} of ${folder} ${are} no image and left out: ${names.slice(0, 3).join(', ')}${names.length > 3 ? ', ...' : ''}.`;
}

/** Throws `file` for a folder that lacks one of the chosen files. */
async function expectNames(
  folder: string,
  names: readonly string[],
  first: string,
  recursive: boolean | undefined,
): Promise<void> {
  const present = new Set((await listImages(folder, recursive)).names);
  const missing = names.find((name) => !present.has(name));
  if (missing !== undefined)
    fail(
      'file',
      folder,
      `expected a file "${missing}", as in ${first}, found none.`,
      'The files of the inputs belong together by their names.',
    );
}

/** Folders of a job, and the flag that names them. */
export interface NamedFolders {
  readonly flag: string;
  readonly folders: InputPaths;
}

/** The chosen files as the images of a network: those of one folder, or those of the same names in the folder of each input. */
export function fileSource(
  { flag, folders: given }: NamedFolders,
  options: PreprocessingOptions,
  { graph, framework }: { readonly graph: Graph; readonly framework: Framework },
  { names, paths }: CalibrationFiles,
): ImageSource {
  const places = [given].flat();
  if (places.every((place) => randomCount(place.replace(/^[^=]*=/, '')) !== undefined)) {
    const sources = graph.inputs.map((id, input) => {
      const preprocessing = preprocessingOf(options, { ...graph, inputs: [id] }, framework);
      return { arrays: randomImages(names.length, preprocessing, input) };
    });
    const [first, ...others] = sources;
    return others.length === 0 && first !== undefined ? first : { inputs: sources };
  }
  if (graph.inputs.length === 1 || places.length === 1)
    return { paths, preprocessing: preprocessingOf(options, graph, framework) };
  const folders = pathsByInput(flag, given, graph);
  return {
    inputs: folders.map((folder, input) => ({
      paths: names.map((name) => joinPath(folder, name)),
      preprocessing: preprocessingOf(options, { ...graph, inputs: graph.inputs.slice(input, input + 1) }, framework),
    })),
  };
}
