import { calibrationTasks } from '../calibration/executor/tasks.js';
import type { Graph } from '../graph/graph.js';
import { shareWeights } from '../graph/share-weights.js';
import { cores } from '../platform/index.js';
import { openPool, type Pool, type Task } from '../runtime/pool.js';
import { verificationTasks } from '../verification/verification-pool.js';

export type { ImageSource } from '../images/index.js';

/** Every task a worker knows. */
export const tasks: Readonly<Record<string, Task>> = {
  ...calibrationTasks(),
  ...verificationTasks(),
};

/** How many threads do the work, and what they load. */
export interface ThreadOptions {
  /** Default: as many as there are cores. With 1 nothing but the calling thread is used. */
  readonly threads?: number | undefined;
  /** The module of a worker; default: the installed one. Whoever bundles for a browser passes the URL of the bundle of `xfdnn-quantizer/worker`. */
  readonly worker?: URL | undefined;
}

/** A pool whose members know {@link tasks}: as many as asked for, else as there are cores; never more than images. */
export async function openTaskPool({ threads, worker }: ThreadOptions, images: number): Promise<Pool> {
  const size = Math.max(1, Math.min(threads ?? (await cores()), images));
  return openPool(size, worker ?? new URL('../worker.js', import.meta.url), tasks);
}

/** The graph as a pool's members share it: one copy of the weights, however many they are. */
export function graphFor(pool: Pool, graph: Graph): Graph {
  return pool.size > 1 ? shareWeights(graph) : graph;
}
