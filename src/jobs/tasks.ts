import { calibrationTasks } from '../calibration/tasks.js';
import type { LoadImage } from '../calibration/batch.js';
import { loadCalibrationImage, type Preprocessing } from '../images/index.js';
import { verificationTasks } from '../overlay/tasks.js';
import { openPool, type Pool, type Task } from '../runtime/pool.js';

/** Where a batch's images come from: files with their preprocessing, or network inputs as they are. */
export type ImageSource =
  | { readonly paths: readonly string[]; readonly preprocessing: Preprocessing }
  | { readonly arrays: readonly Float32Array[] };

/** How an image of a source is read, in any thread. */
export function openLoader(source: ImageSource): LoadImage {
  if ('arrays' in source) return async (image) => source.arrays[image]!;
  return async (image) => (await loadCalibrationImage(source.paths[image]!, source.preprocessing)).data;
}

/** Every task a worker knows. */
export const tasks: Readonly<Record<string, Task>> = { ...calibrationTasks(openLoader), ...verificationTasks(openLoader) };

/** A pool whose members know {@link tasks}. */
export function openTaskPool(threads: number): Promise<Pool> {
  return openPool(threads, new URL('../worker.js', import.meta.url), tasks);
}
