import { executePlan } from '../calibration/execute.js';
import { type CalibrationBatch, openExecutor } from '../calibration/executor/pool-executor.js';
import type { BitWidths, CalibrationPlan, PlannedWidths } from '../calibration/plan.js';
import { planProgressive } from '../calibration/plan-progressive.js';
import { planReference } from '../calibration/plan-reference.js';
import { type CalibratorChoice, calibratorOf, DEFAULT_CALIBRATOR } from '../calibration/thresholds/index.js';
import { fail } from '../error.js';
import { withFloatLayers } from '../graph/float-layers.js';
import type { Graph } from '../graph/graph.js';
import { type Framework, type ImageSource, imageCount } from '../images/index.js';
import { dropIdentities, dropUnused, optimise } from '../optimise/index.js';
import type { Pool } from '../runtime/pool.js';
import {
  addsBiasToCode,
  clipsBeforeScaling,
  DEFAULT_OVERLAY,
  type LayerCalibration,
  type OverlayChoice,
} from '../scaling/index.js';
import { bitWidths } from './bit-widths.js';
import type { JobHooks } from './hooks.js';
import { type LayerBits, layerWidths } from './layer-bits.js';
import { expectMemory, type HeldNetworks, plannedCalibration } from './planned-memory.js';
import { graphFor, openTaskPool, sourceFor, type ThreadOptions } from './worker-tasks.js';

/** The orders in which thresholds are measured: see {@link Walk}. */
export const WALKS = ['reference', 'progressive'] as const;

/**
 * `reference` measures the float graph, nothing folded, as the original did for TensorFlow. `progressive` measures the
 * optimised graph layer by layer, each layer on inputs and weights that are already on their grids.
 * Source: docs/spec/quantizer.md, sections 4 and 5.
 */
export type Walk = (typeof WALKS)[number];

/** The walk of a network where none is named: the original measured TensorFlow networks by the reference walk. */
export function defaultWalk(framework: Framework, calibrator: CalibratorChoice = DEFAULT_CALIBRATOR): Walk {
  return framework === 'tensorflow' && calibrator === 'reference' ? 'reference' : 'progressive';
}

/** The graph that a walk measures, of an imported network. */
export function calibratedGraph(imported: Graph, walk: Walk): Graph {
  return walk === 'progressive' ? optimise(imported).graph : dropIdentities(dropUnused(imported));
}

/** Options of `planCalibration`. */
export interface PlanCalibrationOptions {
  /** Bits of input activations, parameters and output activations. */
  readonly widths: BitWidths;
  /**
   * Bits of the input codes and the weights of layers by name, with `*` and `?`; other layers have those of `widths`.
   * A layer's output has the width that its readers want.
   */
  readonly layerBits?: LayerBits | undefined;
  /** `progressive` where absent. */
  readonly walk?: Walk | undefined;
  /** Whether every grid step becomes a power of two: a threshold of `2^ceil(log2 step) * m`. */
  readonly powerOfTwo?: boolean | undefined;
  /** Whether a Concat's threshold is written back through Pooling and inner Concats too. */
  readonly unifyConcat?: boolean | undefined;
  /** The reference walk: whether inner products will have entries; see {@link ScaleOptions}. */
  readonly includeInnerProduct?: boolean | undefined;
  /** The method that finds thresholds of activations, by name or as a value: `mse` where absent. */
  readonly calibrator?: CalibratorChoice | undefined;
  /** The overlay that thresholds are found for, `v2` where absent. Only `mse` depends on it: where a bias is added. */
  readonly overlay?: OverlayChoice | undefined;
}

/** Options of {@link calibrate}. */
export interface CalibrateOptions extends PlanCalibrationOptions, ThreadOptions {
  /** Bytes of activations kept in memory, 1 GiB where absent; the rest goes to a temporary file (in a browser: to memory). */
  readonly memory?: number | undefined;
  /** Names of layers, with `*` and `?`, that run in float32 on the host though the overlay has them. */
  readonly floatLayers?: readonly string[] | undefined;
}

/** {@link CalibrateOptions.memory} where it is absent. */
export const DEFAULT_MEMORY = 2 ** 30;

/**
 * Measures the thresholds of every layer over the images of a source. The progressive walk takes an optimised graph, the
 * reference walk one with nothing folded. The result depends on graph, images and options, not on the number of threads.
 * Throws `usage` for widths other than 8 and 16, `data` for images and activations that are unusable, and the errors of
 * reading an image; `usage` for a name of `floatLayers` that matches no layer.
 */
export async function calibrate(
  graph: Graph,
  source: ImageSource,
  options: CalibrateOptions,
  hooks: JobHooks = {},
): Promise<LayerCalibration[]> {
  const { input, params, output } = options.widths;
  const widths = bitWidths([input, params, output]);
  const pool = await openTaskPool(options, imageCount(source), hooks.signal);
  try {
    const calibrated = withFloatLayers(graph, options.floatLayers);
    const batch = { source: sourceFor(pool, source) };
    return await calibrateIn(pool, graphFor(pool, calibrated), batch, { ...options, widths }, hooks);
  } finally {
    await pool.close();
  }
}

/** The images of a calibration. */
export interface ImageBatch extends Pick<CalibrationBatch, 'source' | 'onSkipped'> {
  /** Whether the result is verified after, in the same process: its memory is planned too. */
  readonly isVerified?: boolean;
  /** The networks whose weights stay in memory, none of them shared by threads; the graph alone where absent. */
  readonly held?: HeldNetworks;
}

/** {@link calibrate} in an open pool, of a graph as its members share it. */
export async function calibrateIn(
  pool: Pool,
  graph: Graph,
  { source, onSkipped, isVerified = false, held = { graph } }: ImageBatch,
  options: CalibrateOptions,
  hooks: JobHooks,
): Promise<LayerCalibration[]> {
  const count = imageCount(source);
  let read = 0;
  const onRead = hooks.images === undefined ? undefined : (): void => hooks.images?.(++read, count);
  const batch = { source, count, onSkipped, onRead, memory: options.memory ?? DEFAULT_MEMORY };
  const plan = planCalibration(graph, options);
  const spread = { images: batch.count, threads: pool.size, budget: batch.memory, isVerified };
  const { total } = plannedCalibration(held, plan, spread);
  await expectMemory(total, 'Pass fewer --threads or a smaller --memory.');
  const executor = openExecutor(pool, graph, batch);
  try {
    const layers = await executePlan(graph, plan, executor, {
      method: calibratorOf(options.calibrator ?? DEFAULT_CALIBRATOR),
      overlay: options.overlay,
      imageName: nameOfImage(source),
      onThreshold: hooks.threshold,
      onNode: (node, index, total) => hooks.progress?.(index, total, node.name),
    });
    await executor.settle();
    return layers;
  } finally {
    // Temporary files are closed after an error too, also where the error ended a worker.
    await executor.close().catch(() => undefined);
  }
}

/** Names the images of a source in errors; undefined where they have no names. */
function nameOfImage(source: ImageSource): ((image: number) => string) | undefined {
  if ('images' in source) return (image) => source.images[image]?.name ?? '';
  return 'paths' in source ? (image) => source.paths[image] ?? '' : undefined;
}

/** Why the calibrator `search` has no reference walk, as the end of an error. */
export const NO_REFERENCE_WALK = [
  'expected progressive with --calibrator search, got reference.',
  'Leave --walk out: the reference walk has no codes that an overlay could be emulated on.',
] as const;

/**
 * What {@link calibrate} will do with a graph. Throws `usage` for `layerBits` that match no layer, or that the overlay
 * cannot compute, and for the calibrator `search` with the reference walk.
 */
export function planCalibration(graph: Graph, options: PlanCalibrationOptions): CalibrationPlan {
  const plan = options.walk === 'reference' ? planReference : planProgressive;
  const { channels, emulated = false } = calibratorOf(options.calibrator ?? DEFAULT_CALIBRATOR);
  if (emulated && options.walk === 'reference') fail('usage', '--walk', ...NO_REFERENCE_WALK);
  const overlay = options.overlay ?? DEFAULT_OVERLAY;
  const biasOnCode = addsBiasToCode(overlay, options.widths.input);
  return plan(graph, {
    widths: options.widths,
    ...plannedWidths(graph, options),
    powerOfTwo: options.powerOfTwo ?? false,
    unifyConcat: options.unifyConcat ?? false,
    includeInnerProduct: options.includeInnerProduct ?? false,
    emulated: emulated && clipsBeforeScaling(overlay, 8),
    ...(channels === undefined ? {} : { channels: channels(biasOnCode) }),
  });
}

/** The widths of layers where some are named. The reference walk has none: what it folds into nothing stands between layers. */
function plannedWidths(graph: Graph, options: PlanCalibrationOptions): { layerWidths?: PlannedWidths } {
  const { layerBits, overlay = DEFAULT_OVERLAY } = options;
  if (layerBits === undefined || Object.keys(layerBits).length === 0) return {};
  if (options.walk === 'reference')
    fail(
      'usage',
      '--layer_bits',
      'expected the progressive walk, got the reference walk, which measures the float graph and knows no widths between layers.',
      'Add --walk progressive.',
    );
  return { layerWidths: layerWidths(graph, { ...options, layerBits, overlay }) };
}
