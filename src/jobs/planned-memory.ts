import { analyse } from '../analysis/analysed-graph.js';
import type { CalibrationPlan } from '../calibration/plan.js';
import { largestActivations } from '../calibration/planned-activations.js';
import { fail } from '../error.js';
import type { Graph, ValueId } from '../graph/graph.js';
import { limitOf, raiseHint } from '../limits.js';
import { machineMemory } from '../platform/index.js';
import { lowerings, plan } from '../runtime/plan.js';
import { elements, isShared } from '../tensor.js';

const MEBIBYTE = 2 ** 20;
/** The program with its modules, compiled kernels and an image of a camera's size, measured. */
const PROGRAM = 95 * MEBIBYTE;
/** A further thread with its modules, measured. */
const THREAD = 25 * MEBIBYTE;
const FLOAT = Float32Array.BYTES_PER_ELEMENT;

/** The networks whose weights a run holds. */
export interface HeldNetworks {
  /** The network as it was imported, where it is still there. */
  readonly imported?: Graph | undefined;
  /** The network that runs: weights that are not folded are those of the import. */
  readonly graph: Graph;
  /** {@link weightBytes} when it was read and folded, where only the weights of `graph` are left. */
  readonly weightsRead?: number;
}

/** Bytes that a calibration needs at a time. */
export interface PlannedMemory {
  /** Activations of all images that are kept: up to the budget. */
  readonly activations: number;
  /** Weights: as read, as folded, and with several threads as these share them. */
  readonly weights: number;
  /** Packed weights and temporary memory of the largest layer, and of one before it that is not collected yet, in every thread. */
  readonly layers: number;
  /** What the quick look takes: in every thread the whole network, packed in float32 and for the emulation; 0 without it. */
  readonly look: number;
  /**
   * The program, its threads and the weights, and the larger of the calibration and the look behind it, which takes the same
   * memory; at least the weights that were read.
   */
  readonly total: number;
}

/** How a calibration is spread. */
interface Spread {
  readonly images: number;
  readonly threads: number;
  /** Bytes of activations that are kept in memory. */
  readonly budget: number;
  /** Whether the result is verified after, in the same process. */
  readonly isVerified: boolean;
}

/** The memory of a calibration. It is known before an image is read; images while they are decoded come on top. */
export function plannedCalibration(
  held: HeldNetworks,
  calibration: CalibrationPlan,
  { images, threads, budget, isVerified }: Spread,
): PlannedMemory {
  const { graph } = held;
  const activations = Math.min(budget, largestActivations(graph, calibration, { images, threads }));
  const weights = held.weightsRead === undefined ? weightBytes(held, threads) : bytesOfWeights([graph]);
  const largest = lowerings(graph).reduce((most, { constants, scratch }) => Math.max(most, constants + scratch), 0);
  const layers = threads * 2 * largest;
  const look = isVerified ? threads * networkBytes(graph, 'both') : 0;
  const total = totalBytes(held, threads, weights + Math.max(layers + activations, look));
  return { activations, weights, layers, look, total };
}

/** What a run computes. */
interface RunSpread {
  readonly threads: number;
  /** The arithmetic of a run: float32, that of the overlay, or both side by side. */
  readonly arithmetic: Arithmetic;
  /** Bytes that are kept beside: of results, or of activations. */
  readonly kept?: number;
}

type Arithmetic = 'float' | 'overlay' | 'both';

/** The memory of a run of a whole network, image after image in every thread. Images while they are decoded come on top. */
export function plannedRun(held: HeldNetworks, { threads, arithmetic, kept = 0 }: RunSpread): number {
  const networks = threads * networkBytes(held.graph, arithmetic);
  return totalBytes(held, threads, weightBytes(held, threads) + networks + kept);
}

/** The memory of a sensitivity analysis: every thread keeps the activations of an image in both arithmetics, and the codes of one. */
export function plannedSensitivity(held: HeldNetworks, threads: number): number {
  const analysed = analyse(held.graph);
  // A layer's result before its activation is not kept.
  const stored = held.graph.nodes.flatMap(({ outputs }, index) =>
    analysed.soleActivation(index) === null ? outputs : [],
  );
  const kept = threads * 2 * resultBytes(held.graph, stored, { images: 1 });
  return plannedRun(held, { threads, arithmetic: 'both', kept });
}

/** Bytes of the results of some images: of all values together, and of the largest once more, as its file. `bytes`: of an element. */
export function resultBytes(
  graph: Graph,
  wanted: readonly ValueId[],
  { images, bytes = FLOAT }: { readonly images: number; readonly bytes?: number },
): number {
  const sizes = [...new Set(wanted)].map((id) => images * bytes * elements(graph.values[id]?.shape ?? []));
  return sizes.reduce((sum, size) => sum + size, 0) + sizes.reduce((most, size) => Math.max(most, size), 0);
}

/** `run`: bytes of the run with its weights. Those that were only read are collected before it. */
function totalBytes({ weightsRead = 0 }: HeldNetworks, threads: number, run: number): number {
  return PROGRAM + (threads - 1) * THREAD + Math.max(weightsRead, run);
}

/** Weights that graphs share are there once. Several threads share a copy of those that run and are not in shared memory. */
export function weightBytes({ imported, graph }: HeldNetworks, threads: number): number {
  const copied = threads > 1 ? bytesOfWeights([graph], (data) => !isShared(data)) : 0;
  return bytesOfWeights(imported === undefined ? [graph] : [imported, graph]) + copied;
}

/** `counts`: the arrays that are counted; all where absent. */
function bytesOfWeights(graphs: readonly Graph[], counts: (data: Float32Array) => boolean = () => true): number {
  const parameters = graphs.flatMap(({ nodes }) => nodes.flatMap(({ params }) => params.map(({ data }) => data)));
  return [...new Set(parameters)].filter(counts).reduce((sum, { byteLength }) => sum + byteLength, 0);
}

/**
 * Bytes of a whole network in one thread. The emulation keeps a code of each weight, packs the codes to half of what float32
 * packs and leaves half of that behind while it does; its activations take up to half. Both have their scratch in one place.
 */
function networkBytes(graph: Graph, arithmetic: Arithmetic): number {
  const { arena, constants, scratch } = plan(graph);
  const float = arena + constants;
  const overlay = arena / 2 + 0.75 * constants + bytesOfWeights([graph]) / FLOAT;
  return scratch + (arithmetic === 'overlay' ? 0 : float) + (arithmetic === 'float' ? 0 : overlay);
}

/** Throws `data` where a run needs more memory than the machine, or the container that the process is in, has. `hint`: a way out. */
export async function expectMemory(total: number, hint: string): Promise<void> {
  const set = limitOf('memory');
  const limit = Number.isFinite(set) ? set : await machineMemory();
  if (total <= limit) return;
  const inMebibytes = (bytes: number): string => `${Math.ceil(bytes / MEBIBYTE)} MiB`;
  fail(
    'data',
    'memory',
    `expected a run that needs at most ${inMebibytes(limit)}, got one that is planned to need ${inMebibytes(total)}.`,
    `${hint} ${raiseHint('memory')}`,
  );
}
