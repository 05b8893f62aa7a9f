import { openField } from '../calibration/pool-executor.js';
import { referenceWalk } from '../calibration/reference-walk.js';
import { type BitWidths, type LayerThresholds, progressiveWalk } from '../calibration/walk.js';
import { fail } from '../error.js';
import { isBitWidth } from '../fixed/grid.js';
import type { Graph } from '../graph/graph.js';
import { type CalibrationFiles, isBadImage, loadCalibrationImage, type Preprocessing } from '../images/index.js';
import { dropIdentities, dropUnused, optimise } from '../optimise/index.js';
import { replaceExtension, writeFileAtomic } from '../platform/index.js';
import type { Pool } from '../runtime/pool.js';
import type { OverlayName, ScalingEntry } from '../scaling/index.js';
import { formatScaling } from '../scaling-file/format.js';
import { gridMismatches } from '../scaling-file/grid-mismatches.js';
import {
  type CalibrationFlags,
  calibrationFilesOf,
  type PreprocessingFlags,
  preprocessingOf,
} from './calibration-flags.js';
import { calibrationWarnings } from './calibration-warnings.js';
import { writeManifest } from './manifest.js';
import { checkNetworkFlags, loadNetwork, type Network, type NetworkFlags } from './network.js';
import { checkOutputs } from './outputs.js';
import { scaleLayers } from './scale.js';
import { graphFor, type ImageSource, openTaskPool, type ThreadOptions } from './worker-tasks.js';

/** The flags of `quantize`, spelled as on the command line. */
export interface QuantizeOptions extends NetworkFlags, PreprocessingFlags, CalibrationFlags {
  readonly output_json?: string | undefined;
  /** Input activations, parameters, output activations; each 8 or 16. */
  readonly bitwidths?: readonly number[] | undefined;
  readonly overlay?: OverlayName | undefined;
  readonly walk?: 'reference' | 'progressive' | undefined;
  readonly include_inner_product?: boolean | undefined;
  readonly power_of_two?: boolean | undefined;
  readonly unify_concat?: boolean | undefined;
  readonly skip_bad_images?: boolean | undefined;
  readonly manifest?: string | undefined;
  readonly threads?: number | undefined;
  /** Bytes of activations kept in memory; what is beyond goes to a temporary file. */
  readonly memory?: number | undefined;
}

/** Where a long job reports; the command line shows it, a library user may. */
export interface JobHooks {
  readonly progress?: (done: number, total: number, label: string) => void;
  readonly warn?: (line: string) => void;
}

/** What `quantize` did. */
export interface QuantizeResult {
  readonly output: string;
  readonly entries: readonly ScalingEntry[];
  readonly network: Network;
  /** The network as it was calibrated. */
  readonly graph: Graph;
  readonly files: CalibrationFiles;
  readonly preprocessing: Preprocessing;
  /** Each place where a layer's `th_layer_in` is not its producer's threshold, so that the overlay rescales codes. */
  readonly rescaled: readonly string[];
}

const GIGABYTE = 2 ** 30;

/**
 * The main job: calibrates a network on images and writes its scaling file, whole or not at all. The options
 * are the command line's flags. Throws {@link XfdnnError}; the same options give the same bytes.
 */
export async function quantize(options: QuantizeOptions, hooks: JobHooks = {}): Promise<QuantizeResult> {
  const widths = bitWidths(options.bitwidths ?? [8, 8, 8]);
  checkNetworkFlags(options);
  const chosen = await calibrationFilesOf(options);
  await checkOutputs({ '--output_json': outputOf(options), '--manifest': options.manifest }, [
    options.deploy_model,
    options.weights,
    ...chosen.paths,
  ]);
  // Workers start up while the network is read.
  const pool = await openTaskPool({ threads: options.threads }, chosen.paths.length);
  try {
    return await quantizeIn(pool, { ...options, widths }, chosen, hooks);
  } finally {
    await pool.close();
  }
}

async function quantizeIn(
  pool: Pool,
  options: QuantizeOptions & { widths: BitWidths },
  chosen: CalibrationFiles,
  hooks: JobHooks,
): Promise<QuantizeResult> {
  const network = await loadNetwork(options, hooks.warn);
  const preprocessing = preprocessingOf(options, network.graph, network.framework);
  const files = await goodFiles(chosen, preprocessing, options, hooks);
  const walk = options.walk ?? (network.framework === 'caffe' ? 'progressive' : 'reference');
  const graph = graphFor(
    pool,
    walk === 'progressive' ? optimise(network.graph).graph : dropIdentities(dropUnused(network.graph)),
  );
  const layers = await calibrateIn(
    pool,
    graph,
    { paths: files.paths, preprocessing },
    files.paths.length,
    { ...options, walk },
    hooks,
  );
  const entries = scaleLayers(layers, options);
  if (entries.length === 0)
    hooks.warn?.(
      `There is nothing to quantize: no layer of this network has an entry in a scaling file.${layers.some(({ form }) => form === 'InnerProduct') ? ' Pass --include_inner_product for entries of fully connected layers.' : ''}`,
    );
  const output = outputOf(options)!;
  await writeFileAtomic(output, formatScaling(entries));
  const { widths, ...flags } = options;
  const resolved = {
    framework: network.framework,
    walk,
    overlay: options.overlay ?? 'v2',
    bitwidths: Object.values(widths),
    preprocessing,
  };
  if (options.manifest !== undefined) await writeManifest(options.manifest, flags, files, output, resolved);
  for (const line of calibrationWarnings(graph, layers, entries, resolved)) hooks.warn?.(line);
  const rescaled =
    walk === 'progressive'
      ? gridMismatches(entries, graph).map(({ entry, message }) => `${entry}: th_layer_in ${message}`)
      : [];
  return { output, entries, network, graph, files, preprocessing, rescaled };
}

function outputOf({ output_json: output, deploy_model: model }: QuantizeOptions): string | undefined {
  return output ?? (model === undefined ? undefined : replaceExtension(model, '.json'));
}

/** What {@link calibrate} may be told. */
export interface CalibrateOptions extends ThreadOptions {
  readonly widths: BitWidths;
  /** Default: progressive. */
  readonly walk?: 'reference' | 'progressive' | undefined;
  readonly power_of_two?: boolean | undefined;
  readonly unify_concat?: boolean | undefined;
  /** The reference walk: whether inner products will have entries; see {@link scaleLayers}. */
  readonly include_inner_product?: boolean | undefined;
  /** Bytes of activations kept in memory; what is beyond goes to a temporary file (in a browser: to memory after all). */
  readonly memory?: number | undefined;
}

/**
 * Thresholds of every layer over `count` images, on worker threads where asked for. The progressive walk takes an
 * optimised graph, the reference walk one with nothing folded.
 */
export async function calibrate(
  graph: Graph,
  source: ImageSource,
  count: number,
  options: CalibrateOptions,
  hooks: JobHooks = {},
): Promise<LayerThresholds[]> {
  const { input, params, output } = options.widths;
  const widths = bitWidths([input, params, output]);
  const pool = await openTaskPool(options, count);
  try {
    return await calibrateIn(pool, graphFor(pool, graph), source, count, { ...options, widths }, hooks);
  } finally {
    await pool.close();
  }
}

async function calibrateIn(
  pool: Pool,
  graph: Graph,
  source: ImageSource,
  count: number,
  options: CalibrateOptions,
  hooks: JobHooks,
): Promise<LayerThresholds[]> {
  const field = await openField(pool, graph, count, source, options.memory ?? GIGABYTE);
  try {
    const layers = await (options.walk === 'reference' ? referenceWalk : progressiveWalk)(graph, field, {
      widths: options.widths,
      powerOfTwo: options.power_of_two ?? false,
      unifyConcat: options.unify_concat ?? false,
      includeInnerProduct: options.include_inner_product ?? false,
      imageName: 'paths' in source ? (image) => source.paths[image]! : undefined,
      onNode: (node, index, total) => hooks.progress?.(index, total, node.name),
    });
    await field.settle();
    return layers;
  } finally {
    // Temporary files are closed whatever happened, also where that was the end of a worker.
    await field.close().catch(() => undefined);
  }
}

/** `--bitwidths` as widths. Throws `usage` for anything but three of 8 and 16. */
export function bitWidths(list: readonly number[]): BitWidths {
  const [input, params, output, ...more] = list.filter(isBitWidth);
  if (input === undefined || params === undefined || output === undefined || more.length + 3 !== list.length) {
    return fail(
      'usage',
      '--bitwidths',
      `expected three of 8 and 16 (input activations, parameters, output activations), got [${list.join(',')}].`,
      'For example [8,8,8].',
    );
  }
  return { input, params, output };
}

/** With `skip_bad_images`, the chosen files without those that cannot be decoded, each named in a warning. */
async function goodFiles(
  files: CalibrationFiles,
  preprocessing: Preprocessing,
  options: QuantizeOptions,
  hooks: JobHooks,
): Promise<CalibrationFiles> {
  if (options.skip_bad_images !== true) return files;
  const good: number[] = [];
  for (const [index, path] of files.paths.entries()) {
    try {
      await loadCalibrationImage(path, preprocessing);
      good.push(index);
    } catch (error) {
      if (!isBadImage(error)) throw error;
      hooks.warn?.(`skipped: ${error.message}`);
    }
  }
  if (good.length === 0)
    fail(
      'data',
      options.calibration_directory!,
      `expected at least one usable image, got none among the ${files.paths.length} chosen.`,
    );
  const pick = <T>(list: readonly T[]): T[] => good.map((index) => list[index]!);
  return { ...files, names: pick(files.names), paths: pick(files.paths), indices: pick(files.indices) };
}
