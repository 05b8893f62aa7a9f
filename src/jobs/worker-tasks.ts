import { calibrationTasks } from '../calibration/executor/tasks.js';
import type { Graph } from '../graph/graph.js';
import { shareWeights } from '../graph/share-weights.js';
import { openImages } from '../images/index.js';
import { cores } from '../platform/index.js';
import { openPool, type Pool, type Task } from '../runtime/pool.js';
import { liveTasks } from '../verification/live/tasks.js';
import { sensitivityTasks } from '../verification/sensitivity/tasks.js';
import { verificationTasks } from '../verification/verification-pool.js';

/** The tasks that a worker can run, by name. */
export const tasks: Readonly<Record<string, Task>> = {
  ...calibrationTasks(openImages),
  ...verificationTasks(),
  ...sensitivityTasks(),
  ...liveTasks(),
};

/** The worker threads of a job. No result depends on them. */
export interface ThreadOptions {
  /** Number of threads, the calling one included; as many as there are cores where absent. 1 starts no worker. */
  readonly threads?: number | undefined;
  /**
   * The module that a worker loads; the installed one where absent, which bundlers of browsers find by themselves. Where one
   * does not, this is the URL of a copy of `xfdnn-quantizer/browser/worker`.
   */
  readonly worker?: URL | undefined;
}

/**
 * Opens a pool whose members can run {@link tasks}: as many members as the options say, never more than images. Its calls fail
 * where `signal` is aborted.
 */
export async function openTaskPool(
  { threads, worker }: ThreadOptions,
  images: number,
  signal?: AbortSignal,
): Promise<Pool> {
  const size = Math.max(1, Math.min(threads ?? (await cores()), images));
  return openPool(size, worker, tasks, signal);
}

/** The graph as the members of a pool share it: one copy of the weights for all of them. */
export function graphFor(pool: Pool, graph: Graph): Graph {
  return pool.size > 1 ? shareWeights(graph) : graph;
}
