import type { CalibrationBatch } from '../calibration/executor/pool-executor.js';
import type { BitWidths } from '../calibration/plan.js';
import { type Calibrator, calibratorOf, DEFAULT_CALIBRATOR } from '../calibration/thresholds/index.js';
import { fail } from '../error.js';
import type { Graph } from '../graph/graph.js';
import { type CalibrationFiles, type ImageSource, type Preprocessing, preprocessingWarnings } from '../images/index.js';
import { joinPath, replaceExtension, writeFileAtomic } from '../platform/index.js';
import { calibrationWarnings, nothingToQuantize, rescaledInputs } from '../report/calibration-warnings.js';
import type { Pool } from '../runtime/pool.js';
import {
  clipsBeforeScaling,
  DEFAULT_OVERLAY,
  type MultiplierKind,
  type OverlayName,
  type ScalingEntry,
} from '../scaling/index.js';
import { formatScaling } from '../scaling-file/format.js';
import { gridMismatches } from '../scaling-file/grid-mismatches.js';
import { bitWidths, DEFAULT_BIT_WIDTHS } from './bit-widths.js';
import { calibratedGraph, calibrateIn, defaultWalk, type Walk } from './calibrate.js';
import {
  type CalibrationFlags,
  calibrationFilesOf,
  fileSource,
  networkInputOf,
  type PreprocessingFlags,
  withMeanValues,
} from './calibration-flags.js';
import { optionsOf } from './flags.js';
import type { JobHooks } from './hooks.js';
import { inputName, pathsByInput, plainPaths } from './input-files.js';
import { type InputFolder, writeManifest } from './manifest.js';
import { checkNetworkFlags, loadNetwork, type Network, type NetworkFlags } from './network.js';
import { checkOutputs } from './outputs.js';
import { scaleLayers } from './scale.js';
import { graphFor, openTaskPool } from './worker-tasks.js';

/** The flags of `quantize`, spelled as on the command line. */
export interface QuantizeFlags extends NetworkFlags, PreprocessingFlags, CalibrationFlags {
  /** Path of the scaling file; the model's path with the ending `.json` where absent. */
  readonly output_json?: string | undefined;
  /** Bits of input activations, parameters and output activations; each 8 or 16. [8, 8, 8] where absent. */
  readonly bitwidths?: readonly number[] | undefined;
  /** The default overlay where absent. */
  readonly overlay?: OverlayName | undefined;
  /** How thresholds of activations are found; `mse` where absent. */
  readonly calibrator?: Calibrator | undefined;
  /**
   * Where absent, `exact` on an overlay that clips before it scales, but with the calibrator `reference` and with
   * `power_of_two`; else `natural`. Excludes `power_of_two`.
   */
  readonly multipliers?: MultiplierKind | undefined;
  /** Where absent, `reference` for TensorFlow with the calibrator `reference`, else `progressive`. */
  readonly walk?: Walk | undefined;
  /** Whether fully connected layers have entries; not where absent. */
  readonly include_inner_product?: boolean | undefined;
  /** Whether every grid step becomes a power of two; not where absent. */
  readonly power_of_two?: boolean | undefined;
  /** Whether a Concat's threshold is written back through Pooling and inner Concats too; not where absent. */
  readonly unify_concat?: boolean | undefined;
  /** Whether images that cannot be decoded are left out with a warning; where absent they are errors. */
  readonly skip_bad_images?: boolean | undefined;
  /** Path of a manifest: JSON of flags, seed, files and SHA-256 that repeat the run. */
  readonly manifest?: string | undefined;
  /** Number of threads; as many as there are cores where absent. */
  readonly threads?: number | undefined;
  /** Bytes of activations kept in memory, 1 GiB where absent; the rest goes to a temporary file. */
  readonly memory?: number | undefined;
}

/** The scaling file that `quantize` wrote, and the choices that led to it. */
export interface QuantizeResult {
  /** Path of the scaling file. */
  readonly output: string;
  /** The entries of the scaling file, in network order. */
  readonly entries: readonly ScalingEntry[];
  /** The network as it was imported. */
  readonly network: Network;
  /** The network as it was calibrated. */
  readonly graph: Graph;
  /** The files that were calibrated on. */
  readonly files: CalibrationFiles;
  /** How their images became network inputs. */
  readonly preprocessing: Preprocessing;
  /** One line for each layer whose `th_layer_in` is not its producer's threshold, so that the overlay rescales codes. */
  readonly rescaled: readonly string[];
}

/**
 * Calibrates a network on images and writes its scaling file, whole or not at all. The options are the command's flags.
 * The same options give the same bytes. Throws `usage`, `file`, `format`, `model`, `unsupported`, `data`.
 */
export async function quantize(flags: QuantizeFlags, hooks: JobHooks = {}): Promise<QuantizeResult> {
  const widths = bitWidths(flags.bitwidths ?? DEFAULT_BIT_WIDTHS);
  calibratorOf(flags.calibrator ?? DEFAULT_CALIBRATOR);
  const multipliers = multipliersFor(flags, widths);
  checkNetworkFlags(flags);
  const chosen = await calibrationFilesOf(flags);
  const output = outputOf(flags);
  await checkOutputs({ '--output_json': output, '--manifest': flags.manifest }, [
    flags.deploy_model,
    flags.weights,
    ...(await allPaths(flags, chosen)),
  ]);
  // Workers start up while the network is read.
  const pool = await openTaskPool({ threads: flags.threads }, chosen.paths.length);
  try {
    return await quantizeIn(pool, { flags, widths, output, multipliers }, chosen, hooks);
  } finally {
    await pool.close();
  }
}

/** A job with its defaults filled in. */
interface QuantizeJob {
  readonly flags: QuantizeFlags;
  readonly widths: BitWidths;
  readonly output: string;
  readonly multipliers: MultiplierKind;
}

/** The kind of multipliers: those that were chosen, or the best for the overlay and the other flags. */
function multipliersFor(flags: QuantizeFlags, { input }: BitWidths): MultiplierKind {
  const { multipliers, power_of_two: powerOfTwo = false, calibrator, overlay = DEFAULT_OVERLAY } = flags;
  if (multipliers !== undefined && powerOfTwo)
    fail(
      'usage',
      '--multipliers',
      'expected one of --multipliers and --power_of_two, got both.',
      'Leave one of them out: with --power_of_two every multiplier is a power of two.',
    );
  if (multipliers !== undefined) return multipliers;
  return !powerOfTwo && calibrator !== 'reference' && clipsBeforeScaling(overlay, input) ? 'exact' : 'natural';
}

async function quantizeIn(
  pool: Pool,
  { flags, widths, output, multipliers }: QuantizeJob,
  chosen: CalibrationFiles,
  hooks: JobHooks,
): Promise<QuantizeResult> {
  const options = optionsOf(await withMeanValues(flags));
  const network = await loadNetwork(flags, hooks.warn);
  const { framework } = network;
  const folders = { flag: '--calibration_directory', folders: flags.calibration_directory ?? [] };
  const source = fileSource(folders, options, network, chosen);
  const preprocessing = preprocessingOfSource(source);
  warnOfPreprocessing(source, network, hooks);
  const { calibrator = DEFAULT_CALIBRATOR, overlay = DEFAULT_OVERLAY } = options;
  const { walk = defaultWalk(framework, calibrator) } = options;
  const graph = graphFor(pool, calibratedGraph(network.graph, walk));
  const skipping = flags.skip_bad_images === true ? skipBadImages(chosen, flags, hooks) : undefined;
  const batch = { source, onSkipped: skipping?.onSkipped };
  const layers = await calibrateIn(pool, graph, batch, { ...options, widths, walk }, hooks);
  const files = skipping?.files() ?? chosen;
  const entries = scaleLayers(layers, { ...options, multipliers });
  if (entries.length === 0) hooks.warn?.(nothingToQuantize(layers));
  await writeFileAtomic(output, formatScaling(entries));
  const choices = { framework, walk, calibrator, multipliers, overlay };
  const resolved = { ...choices, bitwidths: Object.values(widths), preprocessing };
  if (flags.manifest !== undefined) {
    const images = { files, folders: inputFolders(flags, network.graph) };
    await writeManifest(flags.manifest, flags, images, output, resolved);
  }
  for (const line of calibrationWarnings(graph, layers, entries, resolved)) hooks.warn?.(line);
  const rescaled = walk === 'progressive' ? rescaledInputs(gridMismatches(entries, graph)) : [];
  return { output, entries, network, graph, files, preprocessing, rescaled };
}

/** The preprocessing of a source of files; of several inputs that of the first. */
function preprocessingOfSource(source: ImageSource): Preprocessing {
  if ('inputs' in source) return preprocessingOfSource(source.inputs[0] ?? { arrays: [] });
  if ('arrays' in source) return fail('internal', 'quantize', 'expected files, got arrays.');
  return source.preprocessing;
}

/** Says what is odd about the preprocessing of each input. */
function warnOfPreprocessing(source: ImageSource, { graph, framework }: Network, hooks: JobHooks): void {
  const sources = 'inputs' in source ? source.inputs : [source];
  for (const [index, of] of sources.entries()) {
    const input = networkInputOf({ ...graph, inputs: graph.inputs.slice(index, index + 1) }, framework);
    for (const line of preprocessingWarnings(preprocessingOfSource(of), input)) hooks.warn?.(line);
  }
}

/** The chosen files in the folder of each input. */
async function allPaths(
  { calibration_directory: given = [] }: QuantizeFlags,
  chosen: CalibrationFiles,
): Promise<string[]> {
  const folders = await plainPaths(given);
  return folders.flatMap((folder) => chosen.names.map((name) => joinPath(folder, name)));
}

/** The folder of each input; without a name where there is one folder. */
function inputFolders({ calibration_directory: given = [] }: QuantizeFlags, graph: Graph): InputFolder[] {
  const [first = '', ...others] = pathsByInput('--calibration_directory', given, graph);
  if (others.length === 0) return [{ folder: first }];
  return [first, ...others].map((folder, index) => ({ input: inputName(graph, graph.inputs[index] ?? -1), folder }));
}

function outputOf({ output_json: output, deploy_model: model = '' }: QuantizeFlags): string {
  return output ?? replaceExtension(model, '.json');
}

/** Names each image that cannot be decoded in a warning. `files`: the chosen ones without those, once the images are read. */
function skipBadImages(
  chosen: CalibrationFiles,
  flags: QuantizeFlags,
  hooks: JobHooks,
): { readonly onSkipped: CalibrationBatch['onSkipped']; files(): CalibrationFiles } {
  const bad = new Set<number>();
  const withoutBad = <T>(list: readonly T[]): T[] => list.filter((_, index) => !bad.has(index));
  return {
    onSkipped(skipped) {
      for (const { image, error } of skipped) {
        bad.add(image);
        hooks.warn?.(`skipped: ${error.message}`);
      }
      if (bad.size === chosen.paths.length)
        fail(
          'data',
          [flags.calibration_directory ?? '--calibration_directory'].flat().join(', '),
          `expected at least one usable image, got none among the ${chosen.paths.length} chosen.`,
        );
    },
    files: () => ({
      ...chosen,
      names: withoutBad(chosen.names),
      paths: withoutBad(chosen.paths),
      indices: withoutBad(chosen.indices),
    }),
  };
}
