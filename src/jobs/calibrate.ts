import { openField } from '../calibration/pool-executor.js';
import { referenceWalk } from '../calibration/reference-walk.js';
import { type BitWidths, type LayerThresholds, progressiveWalk } from '../calibration/walk.js';
import type { Graph } from '../graph/graph.js';
import { type Framework, type ImageSource, imageCount } from '../images/index.js';
import type { Pool } from '../runtime/pool.js';
import { bitWidths } from './bit-widths.js';
import type { JobHooks } from './hooks.js';
import { graphFor, openTaskPool, type ThreadOptions } from './worker-tasks.js';

/** The orders in which thresholds are measured: see {@link Walk}. */
export const WALKS = ['reference', 'progressive'] as const;

/**
 * `reference` measures the float graph, nothing folded, as the original did for TensorFlow. `progressive` measures the
 * optimised graph layer by layer, each layer on inputs and weights that are already on their grids.
 * Source: docs/spec/quantizer.md, sections 4 and 5.
 */
export type Walk = (typeof WALKS)[number];

/** The walk of a network where none is named. */
export function defaultWalk(framework: Framework): Walk {
  return framework === 'caffe' ? 'progressive' : 'reference';
}

/** Options of {@link calibrate}. */
export interface CalibrateOptions extends ThreadOptions {
  /** Bits of input activations, parameters and output activations. */
  readonly widths: BitWidths;
  /** `progressive` where absent. */
  readonly walk?: Walk | undefined;
  /** Whether every grid step becomes a power of two: a threshold of `2^ceil(log2 step) * m`. */
  readonly powerOfTwo?: boolean | undefined;
  /** Whether a Concat's threshold is written back through Pooling and inner Concats too. */
  readonly unifyConcat?: boolean | undefined;
  /** The reference walk: whether inner products will have entries; see {@link ScaleOptions}. */
  readonly includeInnerProduct?: boolean | undefined;
  /** Bytes of activations kept in memory, 1 GiB where absent; the rest goes to a temporary file (in a browser: to memory). */
  readonly memory?: number | undefined;
}

const GIGABYTE = 2 ** 30;

/**
 * Measures the thresholds of every layer over the images of a source. The progressive walk takes an optimised graph, the
 * reference walk one with nothing folded. The result depends on graph, images and options, not on the number of threads.
 * Throws `usage` for widths other than 8 and 16, `data` for images and activations that are unusable, and the errors of
 * reading an image.
 */
export async function calibrate(
  graph: Graph,
  source: ImageSource,
  options: CalibrateOptions,
  hooks: JobHooks = {},
): Promise<LayerThresholds[]> {
  const { input, params, output } = options.widths;
  const widths = bitWidths([input, params, output]);
  const pool = await openTaskPool(options, imageCount(source));
  try {
    return await calibrateIn(pool, graphFor(pool, graph), source, { ...options, widths }, hooks);
  } finally {
    await pool.close();
  }
}

/** {@link calibrate} in an open pool, of a graph as its members share it. */
export async function calibrateIn(
  pool: Pool,
  graph: Graph,
  source: ImageSource,
  options: CalibrateOptions,
  hooks: JobHooks,
): Promise<LayerThresholds[]> {
  const field = await openField(pool, graph, imageCount(source), source, options.memory ?? GIGABYTE);
  try {
    const layers = await (options.walk === 'reference' ? referenceWalk : progressiveWalk)(graph, field, {
      widths: options.widths,
      powerOfTwo: options.powerOfTwo ?? false,
      unifyConcat: options.unifyConcat ?? false,
      includeInnerProduct: options.includeInnerProduct ?? false,
      imageName: 'paths' in source ? (image) => source.paths[image] ?? '' : undefined,
      onNode: (node, index, total) => hooks.progress?.(index, total, node.name),
    });
    await field.settle();
    return layers;
  } finally {
    // Temporary files are closed after an error too, also where the error ended a worker.
    await field.close().catch(() => undefined);
  }
}
