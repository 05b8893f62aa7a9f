import { fail } from '../error.js';
import type { Graph } from '../graph/graph.js';
import {
  type CalibrationFiles,
  chooseCalibrationFiles,
  type Preprocessing,
  type ResizeRule,
  resolvePreprocessing,
  type Sampler,
} from '../images/index.js';
import type { Framework } from './network.js';

/** How an image becomes the network's input: the preprocessing flags, spelled as on the command line. */
export interface PreprocessingFlags {
  readonly transpose?: readonly number[] | undefined;
  readonly channel_swap?: readonly number[] | undefined;
  readonly raw_scale?: number | undefined;
  readonly mean_value?: readonly number[] | undefined;
  readonly input_scale?: number | undefined;
  readonly resize?: ResizeRule | undefined;
}

/** Which files are the calibration batch. */
export interface CalibrationFlags {
  readonly calibration_directory?: string | undefined;
  readonly calibration_size?: number | undefined;
  readonly calibration_seed?: number | undefined;
  readonly calibration_indices?: readonly number[] | undefined;
  readonly calibration_sampler?: Sampler | undefined;
}

/** The preprocessing flags settled for the network's one input. */
export function preprocessingOf(flags: PreprocessingFlags, graph: Graph, framework: Framework): Preprocessing {
  const [id, ...others] = graph.inputs;
  if (id === undefined || others.length > 0) {
    const names = graph.inputs.map((input) => `"${graph.values[input]!.blob}"`).join(', ');
    fail(
      'unsupported',
      'calibration',
      `expected a network with one input, got ${graph.inputs.length}: ${names}.`,
      'Cut the network with --input_layer and --output_layer.',
    );
  }
  const { shape, layout } = graph.values[id]!;
  const {
    transpose,
    channel_swap: channelSwap,
    raw_scale: rawScale,
    mean_value: meanValue,
    input_scale: inputScale,
    resize,
  } = flags;
  return resolvePreprocessing(
    { transpose, channelSwap, rawScale, meanValue, inputScale, resize },
    { shape, layout, framework },
  );
}

/** The files the flags choose, in the order of calibration. */
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
