import type { CalibrationBatch } from '../calibration/executor/pool-executor.js';
import type { BitWidths, CalibrationPlan } from '../calibration/plan.js';
import { calibratorOf, DEFAULT_CALIBRATOR } from '../calibration/thresholds/index.js';
import { fail } from '../error.js';
import { detachWeights, withoutWeights } from '../graph/detach-weights.js';
import type { Graph } from '../graph/graph.js';
import {
  type CalibrationFiles,
  type ImageSource,
  type Preprocessing,
  type PreprocessingOptions,
  pathOfImage,
  preprocessingWarnings,
} from '../images/index.js';
import { keepingFiles, type Outputs, replaceExtension, sha256, writeFilesAtomic } from '../platform/index.js';
import {
  calibrationWarnings,
  nothingToQuantize,
  poolingWarnings,
  rescaledInputs,
  rescaledNote,
} from '../report/calibration-warnings.js';
import { nextCommands } from '../report/next-commands.js';
import { pauseFor } from '../runtime/pause.js';
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
import { averagePoolingErrors } from '../verification/pooling-error.js';
import type { KnownChoices } from '../verification/verdict/next-flags.js';
import type { Verdict } from '../verification/verdict/verdict.js';
import { bitWidths, DEFAULT_BIT_WIDTHS } from './bit-widths.js';
import {
  calibratedGraph,
  calibrateIn,
  defaultWalk,
  NO_REFERENCE_WALK,
  planCalibration,
  type Walk,
} from './calibrate.js';
import {
  calibrationFilesOf,
  fileSource,
  networkInputOf,
  preprocessingOf,
  withMeanValues,
} from './calibration-flags.js';
import { optionsOf } from './flags.js';
import { skippedLine } from './good-files.js';
import type { JobHooks } from './hooks.js';
import { originsOf, reportText } from './html-report.js';
import { inputName, plainPaths } from './input-files.js';
import { refuseUnknownFlags } from './known-flags.js';
import { checkLayerBits } from './layer-bits.js';
import {
  BY_CHANNEL,
  expectUnchanged,
  type FileHashes,
  hashInputs,
  type InputImages,
  manifestText,
} from './manifest.js';
import { checkNetworkFlags, loadNetwork, type Network } from './network.js';
import { firstImages, someImages } from './network-inputs.js';
import { runsAfterQuantize } from './next-runs.js';
import { checkOutputs } from './outputs.js';
import { weightBytes } from './planned-memory.js';
import { QUANTIZE_FLAGS, type QuantizeFlags } from './quantize-flags.js';
import { quickLook } from './quick-look.js';
import { reportInput } from './report-input.js';
import { scaleLayers } from './scale.js';
import { shownPreprocessing } from './shown-preprocessing.js';
import { measureEntries } from './verify.js';
import { graphFor, openTaskPool } from './worker-tasks.js';

export type { QuantizeFlags };

/** The scaling file that `quantize` wrote, and the choices that led to it. */
export interface QuantizeResult {
  /** Path of the scaling file. */
  readonly output: string;
  /** The entries of the scaling file, in network order. */
  readonly entries: readonly ScalingEntry[];
  /** The network as it was imported, without its weights. */
  readonly network: Network;
  /** The network as it was calibrated, with its weights. */
  readonly graph: Graph;
  /** The files that were calibrated on. */
  readonly files: CalibrationFiles;
  /** Their images as they were fed. */
  readonly source: ImageSource;
  /** How they became network inputs; of several inputs the first one's. */
  readonly preprocessing: Preprocessing;
  /** One line for each layer whose `th_layer_in` is not its producer's threshold, so that the overlay rescales codes. */
  readonly rescaled: readonly string[];
  /** The overlay of the file. */
  readonly overlay: OverlayName;
  /** The verdict of the quick look; undefined where there was none. */
  readonly verdict: Verdict | undefined;
}

/**
 * Calibrates a network on images and writes its scaling file, with the manifest and the report that the flags name: all of them, whole,
 * or none. The options are the command's flags. The same options give the same bytes. Throws `usage`, `file`, `format`, `model`,
 * `unsupported`, `data`.
 *
 * @function
 */
export const quantize = keepingFiles(quantizeJob);

async function quantizeJob(flags: QuantizeFlags, hooks: JobHooks = {}): Promise<QuantizeResult> {
  const job = await checkedJob(flags, hooks);
  // Workers start up while the network is read.
  const pool = await openTaskPool({ threads: flags.threads }, job.chosen.names.length, hooks.signal);
  const made = await quantizeIn(pool, job, hooks).finally(() => pool.close());
  const { report } = made.result.entries.length === 0 ? {} : flags;
  const { result, outputs } = report === undefined ? made : await reported(made, report, flags, hooks);
  hooks.signal?.throwIfAborted();
  await writeFilesAtomic(outputs);
  if (report !== undefined) hooks.note?.(`note: the report of ${result.output} is ${report}.`);
  return result;
}

/** A result with the files that are to be written. */
interface Made {
  readonly result: QuantizeResult;
  readonly outputs: Outputs;
}

/** The most images of a report. */
const REPORTED_IMAGES = 8;

/**
 * Verifies a result on the first calibration images and adds its report, for `path`, to the files; the verdict takes the place of the
 * quick look's.
 */
async function reported({ result, outputs }: Made, path: string, flags: QuantizeFlags, hooks: JobHooks): Promise<Made> {
  const { graph, entries, overlay, files } = result;
  const { deploy_model, weights, threads } = flags;
  const source = firstImages(result.source, REPORTED_IMAGES);
  const known = knownOf(flags);
  const verified = await measureEntries(graph, entries, source, { ...known, overlay, threads }, hooks);
  const { verdict } = verified.result;
  const { seed, names } = files;
  const origins = await originsOf(flags, { deploy_model, weights }, [
    { name: 'scaling file', value: `SHA-256 ${await sha256(new TextEncoder().encode(formatScaling(entries)))}` },
    ...(seed === undefined ? [] : [{ name: 'seed of the sample', value: String(seed) }]),
    { name: 'calibration images', value: `${names.length}: ${names.join(', ')}` },
  ]);
  const commands = nextCommands(verdict, runsAfterQuantize(flags, result));
  const { measured } = verified;
  const text = await reportText({ command: 'quantize', measured, verdict, commands, source, names, origins });
  return { result: { ...result, verdict }, outputs: new Map([...outputs, [path, text]]) };
}

/** Whether the result of these flags is emulated on some of the images. */
export function isVerified({ no_quick_look: isSkipped, report }: QuantizeFlags): boolean {
  return isSkipped !== true || report !== undefined;
}

/** What a verdict on the images of a calibration knows of it. */
export function knownOf({ calibrator = DEFAULT_CALIBRATOR }: QuantizeFlags): KnownChoices {
  return { calibrator, sameImages: true };
}

/** Checks everything that can be checked before the network is read, and chooses the files. Throws `usage` and `file`. */
export async function checkedJob(flags: QuantizeFlags, hooks: JobHooks = {}): Promise<QuantizeJob> {
  refuseUnknownFlags('quantize', flags, QUANTIZE_FLAGS);
  const widths = bitWidths(flags.bitwidths ?? DEFAULT_BIT_WIDTHS);
  checkLayerBits(flags.layer_bits ?? {});
  calibratorOf(flags.calibrator ?? DEFAULT_CALIBRATOR);
  checkSearch(flags);
  const multipliers = multipliersFor(flags, widths);
  checkNetworkFlags(flags);
  const chosen = await calibrationFilesOf(flags, hooks);
  const output = outputOf(flags);
  await checkOutputs({ '--output_json': output, '--manifest': flags.manifest, '--report': flags.report }, [
    flags.deploy_model,
    flags.weights,
    ...(await allPaths(flags, chosen)),
  ]);
  return { flags, widths, output, multipliers, chosen };
}

/** A job with its defaults filled in. */
export interface QuantizeJob {
  readonly flags: QuantizeFlags;
  readonly widths: BitWidths;
  readonly output: string;
  readonly multipliers: MultiplierKind;
  /** The files that the calibration is on. */
  readonly chosen: CalibrationFiles;
}

/** The calibrator `search` chooses multipliers itself, for the layers of the progressive walk. */
function checkSearch({ calibrator, multipliers, power_of_two: powerOfTwo, walk }: QuantizeFlags): void {
  if (calibrator === undefined || calibratorOf(calibrator).emulated !== true) return;
  const others = { '--multipliers': multipliers !== undefined, '--power_of_two': powerOfTwo === true };
  for (const [flag, isGiven] of Object.entries(others))
    if (isGiven)
      fail(
        'usage',
        flag,
        `expected one of ${flag} and --calibrator ${calibrator}, got both.`,
        `Leave ${flag} out: this calibrator chooses the multiplier of each channel.`,
      );
  if (walk === 'reference') fail('usage', '--walk', ...NO_REFERENCE_WALK);
}

/** The kind of multipliers: those that were chosen, or the best for the overlay and the other flags. */
export function multipliersFor(flags: QuantizeFlags, { input }: BitWidths): MultiplierKind {
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

/** A network with its images and the choices that the flags leave to it. */
export interface FedNetwork {
  readonly network: Network;
  /** The network as the walk measures it. */
  readonly graph: Graph;
  readonly plan: CalibrationPlan;
  readonly source: ImageSource;
  readonly preprocessing: Preprocessing;
  /** Why it is that where a TensorFlow graph itself shows it. */
  readonly shown: string | undefined;
  readonly walk: Walk;
}

/** Reads the network of a job, plans its calibration, and says what enters it. Throws also as `planCalibration`, before an image is read. */
export async function fedNetwork({ flags, widths, chosen }: QuantizeJob, hooks: JobHooks): Promise<FedNetwork> {
  const options = optionsOf(await withMeanValues(flags));
  const pause = pauseFor(hooks.signal);
  const network = await loadNetwork(flags, hooks);
  const { framework } = network;
  const walk = flags.walk ?? defaultWalk(framework, flags.calibrator);
  const graph = calibratedGraph(network.graph, walk);
  const plan = planCalibration(graph, { ...options, widths, walk });
  await pause();
  const folders = { flag: '--calibration_directory', folders: flags.calibration_directory ?? [] };
  const source = fileSource(folders, options, network, chosen);
  await reportInput(source, flags, network, hooks);
  const firstInput = { ...network.graph, inputs: network.graph.inputs.slice(0, 1) };
  const preprocessing = preprocessingOf(options, firstInput, framework);
  warnOfPreprocessing(options, network, hooks);
  const shown = shownPreprocessing(options, network)?.because;
  return { network, graph, plan, source, preprocessing, shown, walk };
}

/** {@link fedNetwork} for the threads of a pool. Weights as they were imported may be collected where the walk has others. */
async function sharedNetwork(
  pool: Pool,
  job: QuantizeJob,
  hooks: JobHooks,
): Promise<FedNetwork & { readonly weightsRead: number }> {
  const fed = await fedNetwork(job, hooks);
  const network = { ...fed.network, graph: withoutWeights(fed.network.graph) };
  const weightsRead = weightBytes({ imported: fed.network.graph, graph: fed.graph }, pool.size);
  return { ...fed, network, graph: graphFor(pool, detachWeights(fed.graph)), weightsRead };
}

async function quantizeIn(pool: Pool, job: QuantizeJob, hooks: JobHooks): Promise<Made> {
  const { flags, widths, output, multipliers, chosen } = job;
  const fed = await sharedNetwork(pool, job, hooks);
  const { network, graph, weightsRead, source, preprocessing, shown, walk } = fed;
  const isRecorded = flags.manifest !== undefined;
  const images = isRecorded ? imagesOf(source, network.graph) : [];
  const hashes: FileHashes = isRecorded ? await hashInputs(flags, images, pauseFor(hooks.signal)) : new Map();
  const options = optionsOf(flags);
  const { calibrator = DEFAULT_CALIBRATOR, overlay = DEFAULT_OVERLAY } = flags;
  const skipping = flags.skip_bad_images === true ? skipBadImages(chosen, flags, hooks) : undefined;
  const held = { graph, weightsRead };
  const batch = { source, onSkipped: skipping?.onSkipped, isVerified: isVerified(flags), held };
  const layers = await calibrateIn(pool, graph, batch, { ...options, widths, walk }, hooks);
  const files = skipping?.files() ?? chosen;
  const entries = scaleLayers(layers, { ...options, multipliers });
  if (entries.length === 0) hooks.warn?.(nothingToQuantize(layers));
  await expectUnchanged(hashes);
  const text = formatScaling(entries);
  const isLooking = flags.no_quick_look !== true && flags.report === undefined && entries.length > 0;
  const used = skipping === undefined ? source : someImages(source, skipping.isUsed);
  const look = { graph, entries, overlay, source: used };
  const verdict = isLooking ? await quickLook(pool, look, knownOf(flags), hooks) : undefined;
  const chosenMultipliers = calibratorOf(calibrator).emulated === true ? BY_CHANNEL : multipliers;
  const choices = { framework: network.framework, walk, calibrator, multipliers: chosenMultipliers, overlay };
  const resolved = { ...choices, bitwidths: Object.values(widths), preprocessing, preprocessing_shown: shown };
  const outputs = new Map([[output, text]]);
  if (flags.manifest !== undefined) {
    const record = { files, images: imagesOf(used, network.graph), hashes, output: { path: output, text } };
    outputs.set(flags.manifest, await manifestText(flags, record, resolved));
  }
  for (const line of calibrationWarnings(graph, layers, entries, resolved)) hooks.warn?.(line);
  const isPlaced = walk === 'progressive';
  if (isPlaced) for (const line of poolingWarnings(averagePoolingErrors(graph, entries, overlay))) hooks.warn?.(line);
  const rescaled = isPlaced ? rescaledInputs(gridMismatches(entries, graph)) : [];
  if (rescaled.length > 0) hooks.note?.(rescaledNote(rescaled.length));
  const made = { entries, network, graph, files, source: used, preprocessing, rescaled, overlay, verdict };
  return { result: { output, ...made }, outputs };
}

/** Says what is odd about the preprocessing of each input. */
function warnOfPreprocessing(options: PreprocessingOptions, { graph, framework }: Network, hooks: JobHooks): void {
  for (const id of graph.inputs) {
    const own = { ...graph, inputs: [id] };
    const preprocessing = preprocessingOf(options, own, framework);
    for (const line of preprocessingWarnings(preprocessing, networkInputOf(own, framework))) hooks.warn?.(line);
  }
}

/** The chosen files, also those of the same names in the folders of other inputs. */
async function allPaths(
  { calibration_directory: given = [] }: QuantizeFlags,
  { paths, names }: CalibrationFiles,
): Promise<string[]> {
  const [, ...others] = await plainPaths(given);
  return [...paths, ...others.flatMap((folder) => names.map((name) => pathOfImage(folder, name)))];
}

/** The files of each input, which has a name where there are several; random images have none. */
function imagesOf(source: ImageSource, graph: Graph): InputImages[] {
  if ('inputs' in source)
    return source.inputs.flatMap((of, index) =>
      'paths' in of ? [{ input: inputName(graph, graph.inputs[index] ?? -1), paths: of.paths }] : [],
    );
  return 'paths' in source ? [{ paths: source.paths }] : [];
}

function outputOf({ output_json: output, deploy_model: model = '' }: QuantizeFlags): string {
  if (output === undefined && model === '-')
    fail(
      'usage',
      '--output_json',
      'expected a path where the model comes from standard input, got none.',
      'Pass it, or - for standard output.',
    );
  return output ?? replaceExtension(model, '.json');
}

/** Names each image that cannot be decoded in a warning. `files`: the chosen ones without those, once the images are read. */
function skipBadImages(
  chosen: CalibrationFiles,
  flags: QuantizeFlags,
  hooks: JobHooks,
): {
  readonly onSkipped: CalibrationBatch['onSkipped'];
  readonly isUsed: (image: number) => boolean;
  files(): CalibrationFiles;
} {
  const bad = new Set<number>();
  const isUsed = (image: number): boolean => !bad.has(image);
  const withoutBad = <T>(list: readonly T[]): T[] => list.filter((_, index) => isUsed(index));
  return {
    isUsed,
    onSkipped(skipped) {
      for (const { image, error } of skipped) {
        bad.add(image);
        hooks.warn?.(skippedLine(error));
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
