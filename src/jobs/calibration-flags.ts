import { fail } from '../error.js';
import type { Graph } from '../graph/graph.js';
import {
  type CalibrationFiles,
  chooseCalibrationFiles,
  type Framework,
  type Preprocessing,
  type PreprocessingOptions,
  type ResizeRule,
  resolvePreprocessing,
  type Sampler,
} from '../images/index.js';

/** How an image becomes the network's input, spelled as on the command line: {@link PreprocessingOptions} as flags. */
export interface PreprocessingFlags {
  /** Axes of H x W x C in the order of the network's input. */
  readonly transpose?: readonly number[] | undefined;
  /** For each channel of the network's input, the channel of the image. */
  readonly channel_swap?: readonly number[] | undefined;
  /** Multiplied with pixels in [0, 1]. */
  readonly raw_scale?: number | undefined;
  /** Subtracted after `raw_scale`. One value, or one for each channel of the network's input. */
  readonly mean_value?: readonly number[] | undefined;
  /** Multiplied after `mean_value` is subtracted. */
  readonly input_scale?: number | undefined;
  /** The rule of bilinear resizing; by framework where absent. */
  readonly resize?: ResizeRule | undefined;
}

/** The files of a calibration batch, spelled as on the command line. */
export interface CalibrationFlags {
  /** Folder of images, or of `.npy` arrays. */
  readonly calibration_directory?: string | undefined;
  /** Number of files; 32 or all where there are fewer, or as many as there are `calibration_indices`. */
  readonly calibration_size?: number | undefined;
  /** Seed of the sample, 0 to 2^32 - 1; a fresh one is drawn where neither it nor `calibration_indices` is given. */
  readonly calibration_seed?: number | undefined;
  /** Indices into the sorted list of files, each once; excludes `calibration_seed`. */
  readonly calibration_indices?: readonly number[] | undefined;
  /** Source of the sample's random bits; `seedrandom` where absent. */
  readonly calibration_sampler?: Sampler | undefined;
}

/**
 * The preprocessing of a network's one input, every default filled in. Throws `unsupported` for a network of several
 * inputs, `usage` for options that do not fit the input. Source: docs/spec/quantizer.md, section 1.
 */
export function preprocessingOf(options: PreprocessingOptions, graph: Graph, framework: Framework): Preprocessing {
  const [input, ...others] = graph.values.filter(({ id }) => graph.inputs.includes(id));
  if (input === undefined || others.length > 0) return severalInputs(graph);
  return resolvePreprocessing(options, { shape: input.shape, layout: input.layout, framework });
}

function severalInputs({ inputs, values }: Graph): never {
  const names = inputs.map((input) => `"${values[input]?.blob}"`).join(', ');
  return fail(
    'unsupported',
    'calibration',
    `expected a network with one input, got ${inputs.length}: ${names}.`,
    'Cut the network with --input_layer and --output_layer.',
  );
}

/** The files that the flags choose, in the order of calibration. Throws `usage` and `file`. */
export async function calibrationFilesOf(flags: CalibrationFlags): Promise<CalibrationFiles> {
  const folder =
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
  return chooseCalibrationFiles(folder, {
    size: flags.calibration_size,
    seed: flags.calibration_seed,
    indices: flags.calibration_indices,
    sampler: flags.calibration_sampler,
  });
}
