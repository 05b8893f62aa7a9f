import type { CalibrationPlan } from '../calibration/plan.js';
import { largestActivations } from '../calibration/planned-activations.js';
import { fail } from '../error.js';
import type { Graph } from '../graph/graph.js';
import { limitOf, raiseHint } from '../limits.js';
import { machineMemory } from '../platform/index.js';
import { plan } from '../runtime/plan.js';

const MEBIBYTE = 2 ** 20;
/** The program with its modules and compiled kernels, measured. */
const PROGRAM = 85 * MEBIBYTE;
/** A further thread with its modules, measured. */
const THREAD = 30 * MEBIBYTE;

/** Bytes that a calibration needs at a time. */
export interface PlannedMemory {
  /** Activations of all images that are kept: up to the budget. */
  readonly activations: number;
  /** Weights: as read, as folded, and with several threads as these share them. */
  readonly weights: number;
  /** Packed weights and temporary memory of the largest layer, in every thread. */
  readonly layers: number;
  /** What the quick look takes: the whole network packed, in float32 and for the emulation; 0 without it. */
  readonly look: number;
  /** All of these, with the program and its threads. */
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
export function plannedMemory(
  graph: Graph,
  calibration: CalibrationPlan,
  { images, threads, budget, isVerified }: Spread,
): PlannedMemory {
  const activations = Math.min(budget, images * largestActivations(graph, calibration));
  const parameters = new Set(graph.nodes.flatMap(({ params }) => params.map(({ data }) => data)));
  const bytes = [...parameters].reduce((sum, { byteLength }) => sum + byteLength, 0);
  const weights = bytes * (threads > 1 ? 3 : 2);
  const { nodes, arena, constants, scratch } = plan(graph);
  const largest = nodes.reduce((most, { lowering }) => Math.max(most, lowering.constants + lowering.scratch), 0);
  const layers = threads * largest;
  const look = isVerified ? arena + constants + scratch + bytes : 0;
  const total = PROGRAM + (threads - 1) * THREAD + weights + layers + activations + look;
  return { activations, weights, layers, look, total };
}

/** Throws `data` where a run needs more memory than the machine, or the container that the process is in, has. */
export async function expectMemory({ total }: PlannedMemory): Promise<void> {
  const set = limitOf('memory');
  const limit = Number.isFinite(set) ? set : await machineMemory();
  if (total <= limit) return;
  const inMebibytes = (bytes: number): string => `${Math.ceil(bytes / MEBIBYTE)} MiB`;
  fail(
    'data',
    'memory',
    `expected a run that needs at most ${inMebibytes(limit)}, got one that is planned to need ${inMebibytes(total)}.`,
    `Pass fewer --threads or a smaller --memory. ${raiseHint('memory')}`,
  );
}
