import { calibrationTasks } from '../calibration/executor/tasks.js';
import type { Graph } from '../graph/graph.js';
import { shareWeights } from '../graph/share-weights.js';
import { type ImageSource, openImages, sharedSource } from '../images/index.js';
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

/** The number of threads that a job on so many images takes: as many as the options say, never more than images. */
export async function threadsFor({ threads }: ThreadOptions, images: number): Promise<number> {
  return Math.max(1, Math.min(threads ?? (await cores()), images));
}

/**
 * Opens a pool whose members can run {@link tasks}, with {@link threadsFor} members. Its calls fail where `signal` is
 * aborted.
 */
export async function openTaskPool(options: ThreadOptions, images: number, signal?: AbortSignal): Promise<Pool> {
  return openPool(await threadsFor(options, images), options.worker, tasks, signal);
}

/** The images as the members of a pool share them: no member has a copy of all of them. */
export function sourceFor(pool: Pool, source: ImageSource): ImageSource {
  return pool.size > 1 ? sharedSource(source) : source;
}

/** The graph as the members of a pool share it: one copy of the weights for all of them. */
export function graphFor(pool: Pool, graph: Graph): Graph {
  return pool.size > 1 ? shareWeights(graph) : graph;
}
